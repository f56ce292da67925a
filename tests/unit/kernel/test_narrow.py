"""Guards whose window is narrow, or whose loss costs only time: each window is stretched until the guard shows.

Marks are of users; times are microseconds: (when, CPU, mark).
"""

from __future__ import annotations

import pytest
from tests.unit.kernel.threads import MARK_USER, OLD, Textbook, Threads

from splx.kernel import mutex_spin as spin_file
from splx.kernel.interface.axes import kpreempt_disable, kpreempt_enable, splraise, splx
from splx.kernel.interface.driver import cv_signal, cv_wait, mutex_enter, mutex_exit
from splx.kernel.interface.levels import IPL_NONE, IPL_SCHED, IPL_VM
from splx.kernel.interface.locks import MUTEX_CEILING, MUTEX_INHERIT, MUTEX_SLEEP, Mutex, mutex_spin_exit
from splx.kernel.interface.lwp import LSONPROC, LSSLEEP, Lwp, ci
from splx.kernel.interface.sched import lwp_lock, lwp_trylock
from splx.kernel.interface.sync import KCondvar
from splx.kernel.preempt import kpreempt
from splx.lang.kernel import Struct, us
from splx.machine.constants import Mark
from splx.machine.intrinsics import mark, work


class Who(Struct):
    lwp: Lwp


who = Who()
m, n, interlock = Mutex(), Mutex(), Mutex()
cv = KCondvar()


# ---- a thread that has not left its CPU yet is not switched to, by one that ends either


def goes_on(arg: int) -> None:
    mark(MARK_USER, arg, 0)


def ends(arg: int) -> None:
    """The next thread looks as if another CPU were still saving it."""
    work(us(5))
    who.lwp.l_ctxswtch = 1


def lets_go(arg: int) -> None:
    work(us(50))
    who.lwp.l_ctxswtch = 0


def test_who_ends_waits_until_the_next_thread_has_left_its_cpu():
    bench = Threads(cpus=2)
    who.lwp = bench.thread("next", goes_on, prio=120, arg=1)
    bench.thread("ends", ends, prio=130)
    bench.thread("other", lets_go, prio=130, cpu=1)
    assert bench.story() == [(50, 0, 1)]


# ---- what is lent to a sleeper moves it forward among those it sleeps with


def waits_holding(arg: int) -> None:
    mutex_enter(m)
    mutex_enter(interlock)
    cv_wait(cv, interlock)
    mark(MARK_USER, arg, 0)
    mutex_exit(interlock)
    mutex_exit(m)


def waits(arg: int) -> None:
    mutex_enter(interlock)
    cv_wait(cv, interlock)
    mark(MARK_USER, arg, 0)
    mutex_exit(interlock)


def wants_m(arg: int) -> None:
    mutex_enter(m)
    mark(MARK_USER, arg, 0)
    work(us(2))
    mutex_exit(m)


def signals(arg: int) -> None:
    mutex_enter(interlock)
    cv_signal(cv)
    mutex_exit(interlock)


@pytest.mark.parametrize(
    ("lent", "story"),
    [(True, [(10, 0, 1), (10, 0, 3), (30, 0, 2)]), (False, [(10, 0, 2), (30, 0, 1)])],
    ids=["a better thread waits for the worse sleeper", "nobody does"],
)
def test_a_signal_goes_to_the_sleeper_who_is_best_by_now(lent, story):
    bench = Threads()
    bench.mutex(IPL_NONE, m)
    bench.mutex(IPL_NONE, interlock)
    bench.later("low", waits_holding, at=0, prio=130, arg=1)
    bench.later("middle", waits, at=us(2), prio=140, arg=2)
    if lent:
        bench.later("high", wants_m, at=us(4), prio=160, arg=3)
    bench.later("first", signals, at=us(10), prio=170)
    bench.later("second", signals, at=us(30), prio=170)
    assert bench.story() == story


# ---- a preemption that was refused twice, the second time by the level, is asked for again


def critical_then_raised(arg: int) -> None:
    """The request is taken, and refused, in the critical section; the section ends at a raised level."""
    kpreempt_disable()
    work(us(20))
    s = splraise(IPL_VM)
    kpreempt_enable()
    work(us(10))
    mark(MARK_USER, 1, 0)
    splx(s)
    mark(MARK_USER, 2, 0)
    work(us(10))


def test_a_preemption_that_the_level_refuses_at_the_end_of_a_critical_section_comes_with_the_level():
    bench = Threads()
    bench.thread("critical", critical_then_raised, prio=40)
    bench.later("better", goes_on, prio=140, at=us(5), arg=3)
    assert bench.story() == [(30, 0, 1), (30, 0, 3), (30, 0, 2)]


# ---- what a lock had lent goes when that lock goes, though another is still held


def nested(arg: int) -> None:
    """n for 20 us, and in it m for the first ten."""
    mutex_enter(n)
    mutex_enter(m)
    mark(MARK_USER, arg, 0)
    work(us(10))
    mutex_exit(m)
    mark(MARK_USER, arg + 1, 0)
    work(us(10))
    mutex_exit(n)
    mark(MARK_USER, arg + 2, 0)


def computes(arg: int) -> None:
    work(us(20))
    mark(MARK_USER, arg, 0)


@pytest.mark.parametrize("kind", [MUTEX_INHERIT, MUTEX_CEILING], ids=["inherit", "ceiling"])
def test_the_priority_falls_with_the_inner_lock(kind):
    bench = Textbook()
    for lock, ceiling in ((m, 160), (n, 135)):
        bench.mutex(IPL_NONE, lock)
        lock.kind, lock.ceiling = kind, ceiling
    bench.later("low", nested, at=0, prio=130, arg=1)
    bench.later("high", wants_m, at=us(2), prio=160, arg=11)
    bench.later("middle", computes, at=us(4), prio=140, arg=21)
    # middle runs as soon as high has ended: low, which holds n alone, is worse again
    assert bench.story() == [(0, 0, 1), (10, 0, 11), (32, 0, 21), (32, 0, 2), (42, 0, 3)]


# ---- lockmgr wakes all who sleep for a lock


def holds(arg: int) -> None:
    mutex_enter(m)
    work(us(20))
    mutex_exit(m)


def test_the_release_of_a_sleeping_lock_of_2006_wakes_all_at_once():
    bench = Threads(*OLD, cpus=2)
    bench.mutex(IPL_NONE, m)
    m.kind = MUTEX_SLEEP
    bench.later("holder", holds, at=0, prio=170)
    for arg in range(3):
        bench.later(f"waiter{arg}", wants_m, at=us(2 + arg), prio=140 + arg, cpu=1, arg=arg)
    # all are ready at 20, and find it free in turn: it was not handed on
    assert bench.story() == [(20, 1, 2), (22, 1, 1), (24, 1, 0)]
    woken = [time // us(1) for time, _, kind, _, _ in bench.records if kind == Mark.WAKE and time >= us(20)]
    assert woken == [20, 20, 20]


# ---- the lock of a thread that changed while it was tried for is not the thread's


def tries(arg: int) -> None:
    if lwp_trylock(who.lwp):
        mark(MARK_USER, 1, 0)
    elif m.word == 0:
        mark(MARK_USER, 2, 0)


def moves(arg: int) -> None:
    """The thread goes under another lock, by the hand of one who holds its own."""
    work(us(5))
    lwp_lock(who.lwp)
    who.lwp.l_mutex = n
    mutex_spin_exit(m)
    mark(MARK_USER, 3, 0)


def tried_late(m: Mutex) -> bool:
    """mutex_spin_tryenter, some time after its caller looked which lock it is."""
    work(us(10))
    return spin_file.mutex_spin_tryenter(m)


def test_a_lock_that_guards_the_thread_no_more_is_let_go_of():
    bench = Threads(cpus=2, mutex_spin_tryenter=tried_late)
    bench.mutex(IPL_SCHED, m)
    bench.mutex(IPL_SCHED, n)
    who.lwp = Lwp(l_mutex=m)
    bench.statics.append(who)
    bench.thread("tries", tries, prio=140)
    bench.thread("moves", moves, prio=140, cpu=1)
    assert bench.story() == [(5, 1, 3), (10, 0, 2)]


# ---- who is told to give way between lending and its switch: others change its status meanwhile, so it does not look


def told_half_asleep(arg: int) -> None:
    me = ci.curlwp
    kpreempt_disable()
    me.l_stat = LSSLEEP
    me.l_dopreempt = 1
    kpreempt()
    mark(MARK_USER, me.l_dopreempt, 0)
    me.l_stat = LSONPROC
    me.l_dopreempt = 0
    kpreempt_enable()


def test_preemption_is_refused_before_a_thread_looks_at_its_own_status():
    bench = Threads()
    bench.thread("half asleep", told_half_asleep, prio=140)
    assert [told[2] for told in bench.story()] == [1]  # a refusal, and no answer to the request
