"""Whoever calls a function of the user's sees what that leaves behind, before anything else meets it."""

import pytest
from tests.check.essays import less
from tests.check.systems import HERE, verdict

from splx.check.loading import Bounds
from splx.check.verdict import check
from splx.scenario.build import build
from splx.scenario.designs import design
from splx.scenario.load import load_scenario
from splx.scenario.mutants import mutated

WORK, HANDLER, SOFTINT, FILTER, POLL = range(5)
LEVEL, PREEMPT, BIGLOCK, SPIN, SLEEP, NOTHING = range(6)
LINES = {LEVEL: 13, PREEMPT: 18, BIGLOCK: 23, SPIN: 28, SLEEP: 33}

CALLERS = [
    (WORK, LEVEL, "netbsd-5", "work returned at another level", "queue"),
    (WORK, PREEMPT, "netbsd-5", "work left preemption disabled", "queue"),
    (WORK, PREEMPT, "linux:workqueue=pools", "work left preemption disabled", "kworker/0:0"),
    (WORK, BIGLOCK, "netbsd-5", "work left kernel_lock held", "queue"),
    (WORK, SPIN, "netbsd-5", "work left a spin mutex held", "queue"),
    (WORK, SPIN, "netbsd-2006", "work left a simple lock held", "queue"),
    (WORK, SLEEP, "netbsd-5", "work left a mutex held", "queue"),
    (WORK, SLEEP, "linux:workqueue=pools", "work left a mutex held", "kworker/0:0"),
    (HANDLER, PREEMPT, "netbsd-5", "handler left preemption disabled", "interrupts of CPU 0"),
    (HANDLER, PREEMPT, "linux-threadirqs", "handler left preemption disabled", "irq/card"),
    (HANDLER, LEVEL, "freebsd", "interrupt thread returned at another level", "irq/card"),
    (SOFTINT, PREEMPT, "linux", "softint left preemption disabled", "interrupts of CPU 0"),
    (SOFTINT, PREEMPT, "windows", "softint left preemption disabled", "interrupts of CPU 0"),
    (SOFTINT, SLEEP, "windows", "softint left a mutex held", "interrupts of CPU 0"),
    (FILTER, LEVEL, "freebsd", "filter returned at another level", "interrupts of CPU 0"),
    (FILTER, PREEMPT, "xnu", "filter left preemption disabled", "interrupts of CPU 0"),
    (POLL, LEVEL, "linux-napi-threaded", "a poll returned at another level", "napi/polled"),
    (POLL, PREEMPT, "linux-napi-threaded", "a poll left preemption disabled", "napi/polled"),
]


@pytest.mark.parametrize(("who", "how", "under", "why", "name"), CALLERS)
def test_what_a_function_leaves_behind_is_found_where_it_returns_and_told_with_its_line(who, how, under, why, name):
    found = verdict("left_behind", under, WHO=who, HOW=how).finding
    assert found.why.startswith(why)
    assert [each.split()[0] for each in found.about] == [name.split()[0]]
    assert found.about[0].endswith(f" left_behind.py:{LINES[how]}")


@pytest.mark.parametrize(
    ("who", "how", "under", "why"),
    [
        (HANDLER, LEVEL, "qnx", "interrupt thread returned at another level"),
        (HANDLER, LEVEL, "qnx:attach=event", "interrupt thread returned at another level"),
        (HANDLER, LEVEL, "xnu", "interrupt thread returned at another level"),
        (SOFTINT, BIGLOCK, "netbsd-2006", "softint left kernel_lock held"),
    ],
)
def test_what_is_looked_at_a_little_later_is_found_too(who, how, under, why):
    assert verdict("left_behind", under, WHO=who, HOW=how).finding.why.startswith(why)


@pytest.mark.parametrize(
    ("how", "why"), [(PREEMPT, "softint left preemption disabled"), (SPIN, "softint left a mutex held")]
)
def test_what_a_softint_leaves_behind_in_the_thread_that_runs_it_is_found_where_it_returns(how, why):
    found = verdict("left_behind", "linux-rt", WHO=SOFTINT, HOW=how).finding
    assert (found.why.partition(",")[0], found.place.line) == (why, 78)


@pytest.mark.parametrize("under", ["netbsd-5", "linux", "linux-rt", "windows", "dragonfly", "xnu"])
def test_a_handler_on_top_of_a_thread_that_keeps_its_cpu_leaves_nothing_behind(under):
    assert verdict("left_behind", under, WHO=HANDLER, HOW=NOTHING).holds


@pytest.mark.parametrize("under", ["linux", "linux-rt", "windows", "netbsd-2006"])
def test_a_softint_at_the_end_of_a_section_leaves_nothing_behind(under):
    assert verdict("left_behind", under, WHO=SOFTINT, HOW=NOTHING).holds


def test_a_thread_is_not_blamed_for_what_was_left_behind_on_top_of_it():
    blind = less("intr", "    line_check(s)\n")
    scenario = load_scenario(HERE / "left_behind.py", {"WHO": str(HANDLER), "HOW": str(PREEMPT)})
    chosen = mutated(design("netbsd-5"), (blind,))
    found = check(build(scenario, chosen, cpus=scenario.cpus_named()), Bounds(fuse=True)).finding
    assert (found.why.partition(",")[0], found.about) == ("thread ended with a preempt count that is not 0", ())
