"""I. Molnar, "Generic Mutex Subsystem" (December 2005): 16 tasks and one directory on 8 CPUs, semaphore or mutex.

The source explains 2.4 times the throughput by what a release does: the semaphore's hands the lock to a sleeper, who
has to be switched to first; the mutex's leaves it to whoever comes by. Both are written out here, and sleep on a
condition variable of `linux`. The mutexes of `netbsd-5` differ in this alone (`wake=handoff`), but whoever waits for
one spins while its owner runs, which neither of the two did then.

Fitted: a section of 6 us, by which the mutex makes the published 84,153 loops a second on `pentium-apic`, within 5 %.
Predicted: that the semaphore makes fewer by a factor between 1.5 and 4. Ours is 1.9, 45,800 loops where the source has
34,713. And that it is the time of a wakeup that makes the difference: with sections that are longer than one, here
from 8 us on, it is below 1.2.

Not reproduced: that the mutex takes less of the CPUs (22 % where the semaphore takes 63 %). Here it takes nearly all
and the semaphore a fifth, since every release wakes somebody who then mostly finds the lock taken, and looks again;
that a semaphore which hands over keeps CPUs busier was doubted on the list, too.
"""

from __future__ import annotations

import pytest
from tests.published.lab import published

from splx.base.units import ms, s, us
from splx.lang.kernel import Struct, atomic, i64
from splx.machine.intrinsics import cas, swap
from splx.scenario import (
    IPL_SOFTCLOCK,
    Condvar,
    Mutex,
    Scenario,
    Statistic,
    count,
    cv_signal,
    cv_wait,
    thread,
    work,
)
from splx.scenario.build import build
from splx.scenario.designs import design
from splx.simulate import simulate

MACHINE = published("18-mutex-versus-semaphore-2005")["row"][0]
CPUS, TASKS = 8, 16
FITTED = us(6)
TIME = ms(20)


class Directory(Struct):
    """A directory, with the lock that creating and removing take, and how long they do."""

    wait: Mutex
    more: Condvar
    section: i64
    free: i64 = atomic()
    sleepers: i64 = atomic()


def down(d: Directory) -> None:
    """Whoever sleeps was here before."""
    if d.sleepers != 0 or not cas(d.free, 1, 0):
        with d.wait:
            d.sleepers += 1
            if not cas(d.free, 1, 0):
                cv_wait(d.more, d.wait)
            d.sleepers -= 1


def up(d: Directory) -> None:
    """To a sleeper, if there is one: it is taken all the time."""
    with d.wait:
        if d.sleepers != 0:
            cv_signal(d.more)
        else:
            d.free = 1


def lock(d: Directory) -> None:
    if not cas(d.free, 1, 0):
        with d.wait:
            d.sleepers += 1
            while not cas(d.free, 1, 0):
                cv_wait(d.more, d.wait)
            d.sleepers -= 1


def unlock(d: Directory) -> None:
    """Whoever comes first may have it; a sleeper is told."""
    swap(d.free, 1)
    if d.sleepers != 0:
        with d.wait:
            cv_signal(d.more)


def with_semaphore(d: Directory) -> None:
    while True:
        down(d)
        work(d.section)
        up(d)
        work(us(1))
        count(LOOPS, 1)


def with_mutex(d: Directory) -> None:
    while True:
        lock(d)
        work(d.section)
        unlock(d)
        work(us(1))
        count(LOOPS, 1)


LOOPS: Statistic = None


def measured(body, section):
    """Loops a second, and the part of the CPUs that is not idle."""
    with Scenario("a directory") as made:
        globals()["LOOPS"] = Statistic("loops")
        d = Directory(wait=Mutex("wait", IPL_SOFTCLOCK), more=Condvar("more"), free=1, section=section)
        for n in range(TASKS):
            thread(f"task{n}", cpu=n % CPUS, arg=d)(body)
    run = simulate(build(made, design("linux"), cpus=CPUS), "pentium-apic", time=TIME)
    return run.statistics["loops"] * s(1) / TIME, 1 - run.share("idle")


def test_a_lock_that_is_handed_over_is_slower_by_a_factor_as_published():
    semaphore, little = measured(with_semaphore, FITTED)
    mutex, much = measured(with_mutex, FITTED)
    assert mutex == pytest.approx(MACHINE["mutex_loops_s"], rel=0.05)
    assert 1.5 < mutex / semaphore < 4
    assert semaphore == pytest.approx(MACHINE["semaphore_loops_s"], rel=0.4)
    # the other way round than published
    assert MACHINE["mutex_cpu_pct"] < MACHINE["semaphore_cpu_pct"]
    assert little < 0.3
    assert much > 0.9


def test_in_sections_longer_than_a_wakeup_it_is_hardly_slower():
    semaphore, _ = measured(with_semaphore, us(8))
    mutex, _ = measured(with_mutex, us(8))
    assert semaphore < mutex < 1.2 * semaphore
