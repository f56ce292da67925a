"""Adaptive mutexes and turnstiles: who spins, who sleeps, who lends to whom."""

from __future__ import annotations

import pytest
from tests.unit.kernel.threads import MARK_USER, Threads

from splx.kernel import switch
from splx.kernel.interface.driver import (
    kernel_lock,
    kernel_unlock,
    mutex_enter,
    mutex_exit,
    mutex_owned,
    mutex_tryenter,
)
from splx.kernel.interface.levels import IPL_NONE, IPL_VM
from splx.kernel.interface.locks import Mutex
from splx.kernel.interface.lwp import ci
from splx.lang.kernel import us
from splx.machine.constants import DevReg
from splx.machine.intrinsics import dev_read, mark, work

m = Mutex()
n = Mutex()
spin = Mutex()


def holds(arg: int) -> None:
    """10 us with m, 10 without. Marks arg, arg + 1 inside, arg + 2 after."""
    mutex_enter(m)
    mark(MARK_USER, arg, 0)
    work(us(10))
    mark(MARK_USER, arg + 1, 0)
    mutex_exit(m)
    work(us(10))
    mark(MARK_USER, arg + 2, 0)


def wants(arg: int) -> None:
    """m for 5 us. Marks arg, arg + 1 inside, arg + 2 after."""
    mark(MARK_USER, arg, 0)
    mutex_enter(m)
    mark(MARK_USER, arg + 1, 0)
    work(us(5))
    mutex_exit(m)
    mark(MARK_USER, arg + 2, 0)


def holds_both(arg: int) -> None:
    """m and n, released one after the other."""
    mutex_enter(m)
    mutex_enter(n)
    work(us(10))
    mutex_exit(m)
    mark(MARK_USER, arg, 0)
    work(us(10))
    mutex_exit(n)
    mark(MARK_USER, arg + 1, 0)
    work(us(10))
    mark(MARK_USER, arg + 2, 0)


def wants_n(arg: int) -> None:
    mutex_enter(n)
    mark(MARK_USER, arg, 0)
    mutex_exit(n)


def links(arg: int) -> None:
    """Holds n, waits for m."""
    mutex_enter(n)
    mutex_enter(m)
    mark(MARK_USER, arg, 0)
    mutex_exit(m)
    mutex_exit(n)


def computes(arg: int) -> None:
    work(us(20))
    mark(MARK_USER, arg, 0)


def big_then_m(arg: int) -> None:
    kernel_lock()
    work(us(2))
    mutex_enter(m)
    mark(MARK_USER, arg, 0)
    mutex_exit(m)
    kernel_unlock()


def m_then_big(arg: int) -> None:
    mutex_enter(m)
    work(us(1))
    kernel_lock()
    mark(MARK_USER, arg, 0)
    kernel_unlock()
    mutex_exit(m)


def twice(arg: int) -> None:
    mutex_enter(m)
    mutex_enter(m)


def unheld(arg: int) -> None:
    mutex_exit(m)


def spin_then_m(arg: int) -> None:
    mutex_enter(spin)
    mutex_enter(m)


def take(dev: int) -> None:
    while dev_read(dev, DevReg.POP) != 0:
        mutex_enter(m)


def tries(arg: int) -> None:
    taken = mutex_tryenter(m)
    mark(MARK_USER, int(taken), 0)
    mark(MARK_USER, int(mutex_owned(m)), 0)
    again = mutex_tryenter(m)
    mark(MARK_USER, int(again), 0)
    mutex_exit(m)


def threads(cpus=1, **others):
    bench = Threads(cpus=cpus, **others)
    bench.mutex(IPL_NONE, m)
    bench.mutex(IPL_NONE, n)
    bench.mutex(IPL_VM, spin)
    return bench


def test_a_waiter_spins_while_the_owner_runs():
    bench = threads(cpus=2)
    bench.thread("owner", holds, prio=140, arg=1)
    bench.later("waiter", wants, at=us(2), prio=140, arg=11, cpu=1)
    happened = bench.run(until=us(100))
    spinning = happened.split("1 mark 11")[1].split("1 mark 12")[0]
    assert "switch" not in spinning
    assert bench.times() == [(0, 0, 1), (2, 1, 11), (10, 0, 2), (10, 1, 12), (15, 1, 13), (20, 0, 3)]


def test_it_sleeps_if_the_owner_was_preempted_and_lends_it_the_cpu():
    bench = threads(cpus=2)
    bench.thread("owner", holds, prio=130, arg=1)
    bench.later("hog", computes, at=us(2), prio=140, arg=21)
    bench.later("waiter", wants, at=us(4), prio=150, arg=11, cpu=1)
    happened = bench.run(until=us(100))
    assert "1 switch idle1" in happened.split("1 mark 11")[1].split("1 mark 12")[0]
    # The owner ran 2, is put back at 4 and lets go at 12; then the hog has 18 left, then the owner 10.
    assert bench.times() == [(0, 0, 1), (4, 1, 11), (12, 0, 2), (12, 1, 12), (17, 1, 13), (30, 0, 21), (40, 0, 3)]


def test_lending_ends_an_inversion():
    bench = threads()
    bench.thread("low", holds, prio=130, arg=1)
    bench.later("high", wants, at=us(2), prio=150, arg=11)
    bench.later("middle", computes, at=us(4), prio=140, arg=21)
    assert bench.story() == [(0, 0, 1), (2, 0, 11), (10, 0, 2), (10, 0, 12), (15, 0, 13), (35, 0, 21), (45, 0, 3)]


def test_it_is_passed_on_along_a_chain():
    # high waits for n, owned by middle, which waits for m, owned by low; hog is better than middle and low.
    bench = threads()
    bench.thread("low", holds, prio=130, arg=1)
    bench.later("middle", links, at=us(2), prio=140, arg=31)
    bench.later("high", wants_n, at=us(4), prio=160, arg=41)
    bench.later("hog", computes, at=us(5), prio=150, arg=21)
    assert bench.story() == [(0, 0, 1), (10, 0, 2), (10, 0, 31), (10, 0, 41), (30, 0, 21), (40, 0, 3)]


def test_what_others_still_lend_stays():
    # Two waiters, one for each lock: after the release of m the owner falls to the priority of the waiter for n.
    bench = threads()
    bench.thread("owner", holds_both, prio=130, arg=1)
    bench.later("for n", wants_n, at=us(2), prio=150, arg=41)
    bench.later("for m", wants, at=us(3), prio=160, arg=11)
    bench.later("hog", computes, at=us(4), prio=140, arg=21)
    assert bench.story() == [
        (3, 0, 11), (10, 0, 12), (15, 0, 13), (15, 0, 1), (25, 0, 41), (45, 0, 21), (45, 0, 2), (55, 0, 3)
    ]  # fmt: skip


def test_a_better_waiter_for_the_same_lock_lends_more():
    # The second waiter for n is better than the first and than the waiter for m: its priority stays when m is released.
    bench = threads()
    bench.thread("owner", holds_both, prio=130, arg=1)
    bench.later("first for n", wants_n, at=us(2), prio=150, arg=41)
    bench.later("for m", wants, at=us(3), prio=160, arg=11)
    bench.later("second for n", wants_n, at=us(4), prio=170, arg=42)
    assert bench.story() == [
        (3, 0, 11), (10, 0, 1), (20, 0, 42), (20, 0, 12), (25, 0, 13), (25, 0, 41), (25, 0, 2), (35, 0, 3)
    ]  # fmt: skip


def test_a_thread_of_the_user_band_is_among_the_kernels_threads_only_while_it_waits():
    # Preempted afterwards, it comes behind one that is better than 40 / 2 + PRI_KERNEL.
    bench = threads()
    bench.thread("owner", holds, prio=30, arg=1)
    bench.later("waiter", wants, at=us(2), prio=40, arg=11)
    bench.later("hog", computes, at=us(12), prio=150, arg=21)
    bench.later("between", computes, at=us(13), prio=100, arg=31)
    assert bench.story() == [
        (0, 0, 1), (2, 0, 11), (10, 0, 2), (10, 0, 12), (32, 0, 21), (52, 0, 31), (55, 0, 13), (65, 0, 3)
    ]  # fmt: skip


def watched_switch() -> None:
    """mi_switch that says how often preemption is disabled."""
    mark(MARK_USER, 70 + ci.curlwp.l_nopreempt, 0)
    switch.mi_switch()


def test_preemption_is_off_from_lending_to_waking_whatever_the_caller_does():
    # Once by the mutex, once by the turnstile.
    bench = threads(mi_switch=watched_switch)
    bench.thread("owner", holds, prio=130, arg=1)
    bench.later("waiter", wants, at=us(2), prio=150, arg=11)
    happened = bench.order()
    assert happened[happened.index(11) + 1] == 72


def test_all_who_sleep_are_woken_and_the_best_gets_it():
    bench = threads()
    bench.thread("owner", holds, prio=130, arg=1)
    bench.later("second", wants, at=us(2), prio=150, arg=11)
    bench.later("first", wants, at=us(3), prio=160, arg=21)
    assert bench.story() == [
        (0, 0, 1), (2, 0, 11), (3, 0, 21), (10, 0, 2), (10, 0, 22), (15, 0, 23), (15, 0, 12), (20, 0, 13), (30, 0, 3)
    ]  # fmt: skip


def test_the_big_lock_and_a_mutex_in_both_orders():
    # a spins on m, whose owner then wants the big lock: that counts as not running, so a sleeps, and lets go of it.
    bench = threads(cpus=2)
    bench.thread("a", big_then_m, prio=140, arg=1)
    bench.thread("b", m_then_big, prio=140, arg=2, cpu=1)
    assert bench.story() == [(2, 1, 2), (2, 0, 1)]


@pytest.mark.parametrize(
    ("func", "said"),
    [
        (twice, "locking against myself"),
        (unheld, "exiting unheld mutex"),
        (spin_then_m, "adaptive mutex while a spin mutex is held"),
    ],
)
def test_what_a_thread_may_not_do(func, said):
    bench = threads()
    bench.thread("t", func, prio=40)
    assert bench.order() == [said]


def test_a_hard_handler_may_not_take_one():
    bench = threads()
    bench.line("nic", IPL_VM, take, at=[us(5)])
    assert bench.order() == ["adaptive mutex in an interrupt that may not sleep"]


def test_try():
    bench = threads()
    bench.thread("t", tries, prio=40)
    assert bench.order() == [1, 1, 0]
