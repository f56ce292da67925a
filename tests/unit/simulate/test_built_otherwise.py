"""NetBSD 5 as it could have been built: how far it lends, how a mutex is released, whether it preempts, for one CPU."""

from fractions import Fraction

import pytest

from splx.base.units import ms, us
from splx.scenario.build import build
from splx.scenario.designs import design
from splx.scenario.load import load_scenario
from splx.scenario.mutants import Edit, mutated
from splx.simulate.run import simulate
from splx.simulate.setup import Setup

LONG = ms(3)  # for which a thread of middle priority has the CPU


def urgent(lend, depth):
    run = Setup("debate/c09b", design=f"netbsd-5:lend={lend}", time=ms(30), settings=(("depth", str(depth)),)).run()
    return run.source("urgent").finish.percentile(Fraction(1))


@pytest.mark.parametrize(("lend", "depth", "late"), [
    ("none", 1, True), ("step", 1, False), ("step", 2, True), ("chain", 3, False),
])  # fmt: skip
def test_priority_is_lent_as_far_as_it_is_said(lend, depth, late):
    assert (urgent(lend, depth) > LONG) == late


@pytest.mark.parametrize("wake", ["all", "handoff"])
def test_a_mutex_that_is_handed_over_excludes_and_gets_on(wake):
    run = Setup("debate/c17c", design=f"netbsd-5:wake={wake}", time=ms(2)).run()
    assert run.statistics["sections"] > 100
    assert run.share("switch") > 0


def test_who_was_handed_a_mutex_and_is_not_woken_yet_waits_for_nobody():
    # the run ends between the two
    setup = Setup("debate/c17c", design="netbsd-5:wake=handoff", machine="pentium-apic", settings=(("hold", "0.5us"),))
    assert setup.with_(time=us(206)).run().statistics["sections"] > 10


@pytest.mark.parametrize(("preempt", "refused"), [("count", False), ("never", True)])
def test_a_kernel_that_never_preempts_keeps_who_is_better_waiting(preempt, refused):
    lock = (("lock", "sleep"), ("hold", "100us"))
    run = Setup("debate/c06", design=f"netbsd-5:preempt={preempt}", time=ms(5), settings=lock).run()
    assert (run.source("control").finish.percentile(Fraction(1)) > us(50)) == refused


def test_a_lock_of_the_kernel_for_one_cpu_is_cheaper():
    one, any_ = (Setup("debate/c04", design=f"netbsd-5:build={each}", time=ms(1)).run() for each in ("up", "smp"))
    assert 0 < one.share("lock") < any_.share("lock")


def test_what_is_built_otherwise_says_so():
    other = design("netbsd-5:lend=step,wake=handoff,preempt=never,build=up")
    assert (other.vector["priority"], other.vector["preempt"]) == ("P1 step handoff", "R0")
    assert other.choices["priority"] == "level to priority; lending to the owner; hand-off"
    assert other.choices["preempt"] == "never in the kernel"
    assert other.choices["lock"].startswith("level alone from IPL_VM")
    assert other.published == {}


HEIR = """
from splx.scenario import *

m, x = Mutex("m"), Mutex("x")

@periodic(ms(1), priority=PRI_USER_RT, cpu=0)
def owner() -> None:
    with m:
        work(us(100))

@periodic(ms(1), offset=us(10), priority=PRI_USER_RT + 1, cpu=0)
def heir() -> None:
    mutex_enter(x)
    mutex_enter(m)
    mutex_exit(x)  # and with it what `best` lent
    work(us(50))
    mutex_exit(m)

@periodic(ms(1), offset=us(20), priority=PRI_USER_RT + 10, cpu=0)
def waiter() -> None:
    with m:
        work(us(5))

@periodic(ms(1), offset=us(30), priority=PRI_USER_RT + 30, cpu=0)
def best() -> None:
    with x:
        work(us(1))

@periodic(ms(1), offset=us(60), priority=PRI_USER_RT + 5, cpu=0)
def between() -> None:
    work(us(300))
"""


def test_who_still_waits_lends_to_whom_a_mutex_was_handed(tmp_path):
    scenario = tmp_path / "heir.py"
    scenario.write_text(HEIR)
    run = Setup(str(scenario), design="netbsd-5:wake=handoff", time=ms(3)).run()
    assert run.source("waiter").finish.percentile(Fraction(1)) < us(200)

    # without the loan the heir is what it is by itself, and whoever is in between goes first
    forgets = Edit("turnstile", "    if TS_LEND != 0 and rest is not NULL:\n", "    if TS_LEND == 3:\n")
    system = build(load_scenario(str(scenario)), mutated(design("netbsd-5:wake=handoff"), [forgets]), cpus=1)
    assert simulate(system, time=ms(3)).source("waiter").finish.percentile(Fraction(1)) > us(300)


def test_a_kernel_is_named_with_what_was_changed_in_it():
    setup = Setup("first", "doran-2006", options=(("line_at", "IPL_VM"),), mechanisms=("mine.py",), mutants=("m4",))
    assert Setup("first", "textbook:lock=inherit").kernel == "textbook:lock=inherit"
    assert setup.kernel == "doran-2006, line_at=IPL_VM, mine.py, mutant m4"
