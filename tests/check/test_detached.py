"""intr_disestablish: a handler that is removed while interrupts come, under FreeBSD."""

import pytest
from tests.check.systems import HERE

from splx.base.units import UNITS
from splx.check import codes
from splx.check.loading import Bounds
from splx.check.verdict import check
from splx.scenario.build import build
from splx.scenario.designs import design
from splx.scenario.load import load_scenario
from splx.scenario.mutants import Edit, mutated
from splx.simulate.setup import Setup

FREEBSD = design("freebsd")


def detached(which=FREEBSD, **settings):
    scenario = load_scenario(HERE / "detached.py", {name: str(value) for name, value in settings.items()})
    return build(scenario, which, cpus=2)


def test_the_last_handler_of_a_line_leaves_it_masked_and_nobody_complains():
    assert check(detached(), Bounds(fuse=True)).holds


def test_a_line_stays_masked_for_ever_if_its_device_may_interrupt(tmp_path):
    loud = (HERE / "detached.py").read_text().replace("    tty.disable()\n", "")
    (tmp_path / "loud.py").write_text(loud)
    found = check(build(load_scenario(tmp_path / "loud.py"), FREEBSD, cpus=2), Bounds(fuse=True)).finding
    assert found.code == codes.MASKED


def test_the_thread_of_a_line_takes_the_handler_off():
    assert check(detached(FILTER=0), Bounds(fuse=True), only=("rules", "asleep", "races")).holds


def test_who_is_not_told_that_it_is_off_waits_for_ever(tmp_path):
    silent = (Edit("intr_disestablish", "    cv_broadcast(eventlocks.ie_cv[s.is_irq])\n", ""),)
    system = detached(which=mutated(FREEBSD, silent, tmp_path), FILTER=0)
    found = check(system, Bounds(fuse=True), only=("asleep",)).finding
    assert found.why.startswith("driver sleeps on tty and nobody can wake it")


#: Removed in the middle of a run; the device goes on.
RUN = """
from splx.scenario import *

card = NIC("card", Periodic(us(100)), trigger=TRIGGER, ring=64)
other = NIC("other", Never())

@handler(card, IPL_LEVEL, mpsafe=True)
def card_intr() -> None:
    while card.pop() != 0:
        pass

@handler(other, IPL_LEVEL, mpsafe=True)
def other_intr() -> None:
    other.pop()

@periodic(ms(1), offset=us(1050), priority=PRI_KTHREAD)
def driver() -> None:
    if done.done == 0:
        intr_disestablish(card)
    done.done = 1

class Done(Struct):
    done: i64

done = Done()
"""


@pytest.mark.parametrize("level", ["NET", "SERIAL"])
@pytest.mark.parametrize("trigger", ["LEVEL", "EDGE"])
def test_from_then_on_nothing_comes(tmp_path, level, trigger):
    (tmp_path / "run.py").write_text(RUN.replace("IPL_LEVEL", f"IPL_{level}").replace("TRIGGER", trigger))
    result = Setup(str(tmp_path / "run.py"), design="freebsd", machine="x86-2020", time=3 * UNITS["ms"]).run()
    card = result.source("card")
    assert card.done in (10, 11)
    assert card.irqs == card.done
