"""Solaris, "Interrupts as Threads" (Kleiman, Eykholt 1995): 40 instructions more for an interrupt, 12 less for a mutex.

Compared is a kernel with itself: interrupts up to the clock in borrowed threads and adaptive mutexes, or handlers on
what they interrupt and mutexes that raise the level. Nothing blocks: every mutex is free when it is taken.

With the published constants as a cost model, nothing fitted: predicted is 40 I - 12 M for I interrupts and M mutexes,
the sign of which changes at 10/3 mutexes to an interrupt and nowhere else. Off by nothing.

With every instruction counted as one: the two constants are fitted, from one run each, and all other runs follow to
the instruction. They are 33 and 24 under `solaris`, where the source has 40 and 12, so that the break-even is at 1.4
and not at 3.3; 33 and 22 under `doran-2006`. The mutex saves more here as its spinning form keeps a count of the locks
held, as NetBSD's does. A mutex of the handler's own level raises nothing and saves 14.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from tests.published.lab import charged, published

from splx.base.units import us
from splx.lang.kernel import Struct
from splx.scenario import (
    IPL_NET,
    NIC,
    Mutex,
    Periodic,
    Scenario,
    Statistic,
    choose,
    count,
    handler,
    mutex_enter,
    mutex_exit,
    thread,
)
from splx.scenario.build import build
from splx.scenario.designs import design
from splx.simulate import simulate

CASE = published("12-interrupts-as-threads-cost")
MORE, LESS = CASE["overhead_instr_per_interrupt"], CASE["saving_instr_per_mutex_enter_exit"]
GAP = us(10)
SEEDS = range(1, 6)
INSTRUCTIONS = charged(default=1, assert_=0)
#: What a thread adds, on the one instruction that enters it; what a mutex adds, on the level going up and down.
CONSTANTS = charged(default=0, enter=MORE, level=LESS // 2)


class Driver(Struct):
    """A driver and the lock of its data."""

    dev: NIC
    lock: Mutex


def take(lock: Mutex, n: int) -> None:
    while n > 0:
        mutex_enter(lock)
        mutex_exit(lock)
        n -= 1


def interrupt(driver: Driver) -> None:
    driver.dev.pop()
    n = choose(4)
    count(AT_ITS_LEVEL, n)
    take(driver.lock, n)


def program(driver: Driver) -> None:
    """Over before the first interrupt."""
    n = choose(100)
    count(BELOW, n)
    take(driver.lock, n)


with Scenario("free mutexes") as SCENARIO:
    BELOW, AT_ITS_LEVEL = Statistic("below"), Statistic("at its level")
    NET = NIC("nic", Periodic(GAP, GAP))
    DRIVER = Driver(dev=NET, lock=Mutex("lock", IPL_NET))
    handler(NET, IPL_NET, arg=DRIVER, mpsafe=True)(interrupt)
    thread("program", arg=DRIVER)(program)


@cache
def sides(name):
    """The kernel with interrupt threads, and without."""
    threads = design(name)
    direct = replace(threads, direct_from="IPL_BIO", spin_from="IPL_BIO")
    return build(SCENARIO, threads, cpus=1), build(SCENARIO, direct, cpus=1)


def measured(name, machine, interrupts, seed):
    """Cycles that the kernel with threads executes more; mutexes taken below the level of the lock, and at it."""
    spent, taken = [], []
    for system in sides(name):
        run = simulate(system, machine, time=interrupts * GAP + GAP // 2, seed=seed)
        assert run.source("nic").irqs == interrupts
        spent.append((run.elapsed - run.cpus[0].accounts["idle"]) // 1000)
        taken.append((run.statistics["below"], run.statistics["at its level"]))
    assert taken[0] == taken[1]
    return spent[0] - spent[1], *taken[0]


def fitted(name):
    """What an interrupt costs more; what a mutex saves below the level of the lock, and at it. From a run for each."""
    gone, below, _ = measured(name, INSTRUCTIONS, 0, SEEDS[0])
    one = {seed: measured(name, INSTRUCTIONS, 1, seed) for seed in SEEDS}
    b = -gone // below
    a = next(more + b * n for more, n, inner in one.values() if inner == 0)
    return a, b, next((a - b * n - more) // inner for more, n, inner in one.values() if inner == 1)


def around_the_break_even(name, a, b):
    """Runs with at most so many interrupts as the mutexes of the thread pay for, and with one more."""
    for seed in SEEDS:
        _, below, _ = measured(name, INSTRUCTIONS, 0, seed)
        for interrupts in (b * below // a, b * below // a + 1):
            yield seed, interrupts, below


def test_with_the_published_constants_the_cost_is_theirs_and_changes_sign_at_their_break_even():
    """A mutex of the level that its user is at changes no level, so it saves nothing."""
    for seed, interrupts, below in around_the_break_even("solaris", MORE, LESS):
        more, *_ = measured("solaris", CONSTANTS, interrupts, seed)
        assert more == MORE * interrupts - LESS * below
        assert (more < 0) == (below > CASE["break_even_mutexes_per_interrupt"] * interrupts)


@pytest.mark.parametrize("name", ["solaris", "doran-2006"])
def test_counting_instructions_it_is_such_a_line_with_constants_of_our_own(name):
    a, b, c = fitted(name)
    assert 0.8 * MORE <= a <= MORE
    assert LESS <= c <= b <= 2 * LESS
    for seed, interrupts, _ in around_the_break_even(name, a, b):
        more, below, inner = measured(name, INSTRUCTIONS, interrupts, seed)
        assert more == a * interrupts - b * below - c * inner
