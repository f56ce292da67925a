"""Interrupts that are handed to the CPU that has the big lock: none is lost, and when they are handed on."""

from tests.check.systems import HERE, verdict

from splx.check.loading import Bounds
from splx.check.verdict import check
from splx.scenario.build import build
from splx.scenario.designs import design
from splx.scenario.load import load_scenario
from splx.scenario.mutants import Edit, mutated

FORWARD = "netbsd-2006:wait=forward"
COUNT = "        forwarded.forward_irq_misscnt += 1\n"
NOT_HANDED_ON = Edit("biglock_forward", COUNT, '        assert owner < 0, "handed on"\n')
FORGOTTEN = Edit("biglock_forward", f"{COUNT}        forward_irq(s, owner)\n", COUNT)


def with_edit(edit, **settings):
    scenario = load_scenario(HERE / "put_off.py", settings)
    return check(build(scenario, mutated(design(FORWARD), (edit,)), cpus=2), Bounds(fuse=True))


def test_no_edge_is_lost():
    assert verdict("put_off", FORWARD, tso=True, fuse=True, KIND="edge").holds


def test_none_is_lost_where_two_cpus_take_the_lock():
    assert verdict("put_off", FORWARD, fuse=True, BOTH=1).holds


def test_where_one_cpu_takes_the_lock_nothing_is_handed_on():
    assert with_edit(NOT_HANDED_ON, AGAIN="1").holds


def test_who_does_not_hand_on_what_comes_too_late_loses_it():
    assert with_edit(FORGOTTEN, BOTH="1").finding.why.startswith("an item of nic is never taken")
