"""Textbook locks, and a published table: what a thread waits for under each of the three."""

from __future__ import annotations

import pytest
from tests.unit.kernel.threads import MARK_USER, Textbook

from splx.kernel.interface.driver import mutex_enter, mutex_exit, mutex_tryenter
from splx.kernel.interface.levels import IPL_NONE
from splx.kernel.interface.locks import MUTEX_CEILING, MUTEX_FIFO, MUTEX_INHERIT, Mutex
from splx.lang.kernel import us
from splx.machine.intrinsics import mark, work

m = Mutex()
n = Mutex()
d1, d2, d3 = Mutex(), Mutex(), Mutex()


def holds(arg: int) -> None:
    """m for 10 us, then 10 without."""
    mutex_enter(m)
    mark(MARK_USER, arg, 0)
    work(us(10))
    mutex_exit(m)
    mark(MARK_USER, arg + 1, 0)
    work(us(10))
    mark(MARK_USER, arg + 2, 0)


def chains(arg: int) -> None:
    """n, and in it m for 2 us."""
    mutex_enter(n)
    mutex_enter(m)
    work(us(2))
    mutex_exit(m)
    mutex_exit(n)
    mark(MARK_USER, arg, 0)


def wants_n(arg: int) -> None:
    mutex_enter(n)
    mark(MARK_USER, arg, 0)
    mutex_exit(n)


def wants_m(arg: int) -> None:
    """m for 2 us."""
    mutex_enter(m)
    mark(MARK_USER, arg, 0)
    work(us(2))
    mutex_exit(m)


def computes(arg: int) -> None:
    work(us(20))
    mark(MARK_USER, arg, 0)


def tries(arg: int) -> None:
    taken = mutex_tryenter(m)
    mark(MARK_USER, arg + int(taken), 0)


def twice(arg: int) -> None:
    mutex_enter(m)
    mutex_enter(m)


def unheld(arg: int) -> None:
    mutex_exit(m)


def threads(kind, cpus=1, **others):
    bench = Textbook(cpus=cpus, **others)
    for each in (m, n, d1, d2, d3):
        bench.mutex(IPL_NONE, each)
        each.kind, each.ceiling = kind, 180
    return bench


@pytest.mark.parametrize(
    ("kind", "story"),
    [
        # middle runs before the owner, and so before high
        (MUTEX_FIFO, [(0, 0, 1), (24, 0, 21), (30, 0, 11), (32, 0, 2), (42, 0, 3)]),
        # the owner runs at the priority of high
        (MUTEX_INHERIT, [(0, 0, 1), (10, 0, 11), (32, 0, 21), (32, 0, 2), (42, 0, 3)]),
    ],
    ids=["fifo", "inherit"],
)
def test_an_inversion(kind, story):
    bench = threads(kind)
    bench.later("low", holds, at=0, prio=130, arg=1)
    bench.later("high", wants_m, at=us(2), prio=150, arg=11)
    bench.later("middle", computes, at=us(4), prio=140, arg=21)
    # the owner's own mark, 2, comes after what its release made run
    assert bench.story() == story


def test_under_a_ceiling_nobody_who_could_want_the_lock_starts():
    bench = threads(MUTEX_CEILING)
    m.ceiling = 150
    bench.later("low", holds, at=0, prio=130, arg=1)
    bench.later("high", wants_m, at=us(2), prio=150, arg=11)
    bench.later("middle", computes, at=us(4), prio=140, arg=21)
    bench.later("above", computes, at=us(6), prio=160, arg=31)
    assert bench.story() == [(0, 0, 1), (26, 0, 31), (30, 0, 11), (52, 0, 21), (52, 0, 2), (62, 0, 3)]


def test_inheritance_goes_along_the_chain():
    bench = threads(MUTEX_INHERIT)
    bench.later("low", holds, at=0, prio=130, arg=1)
    bench.later("middle", chains, at=us(2), prio=140, arg=31)
    bench.later("high", wants_n, at=us(4), prio=160, arg=41)
    bench.later("hog", computes, at=us(5), prio=150, arg=21)
    assert bench.story() == [(0, 0, 1), (12, 0, 41), (32, 0, 21), (32, 0, 31), (32, 0, 2), (42, 0, 3)]


@pytest.mark.parametrize(
    ("kind", "fifo", "order"),
    [(MUTEX_FIFO, 0, [1, 11, 21]), (MUTEX_INHERIT, 0, [1, 21, 11]), (MUTEX_INHERIT, 1, [1, 11, 21])],
    ids=["fifo", "inherit", "inherit, fifo"],
)
def test_whose_turn_it_is(kind, fifo, order):
    # The owner is on another CPU than the two who wait.
    bench = threads(kind, cpus=2, consts={"INHERIT_FIFO": fifo})
    bench.later("owner", holds, at=0, prio=130, arg=1)
    bench.later("first", wants_m, at=us(2), prio=140, arg=11, cpu=1)
    bench.later("second", wants_m, at=us(3), prio=150, arg=21, cpu=1)
    assert [arg for _, _, arg in bench.story() if arg not in (2, 3)] == order


def test_the_heir_owns_the_lock_before_it_runs():
    bench = threads(MUTEX_FIFO)
    bench.later("owner", holds, at=0, prio=140, arg=1)
    bench.later("heir", wants_m, at=us(2), prio=150, arg=11)
    bench.later("hog", computes, at=us(3), prio=160, arg=21)
    bench.later("quick", tries, at=us(15), prio=170, arg=31)
    assert bench.story()[-1] == (42, 0, 3)
    assert (15, 0, 31) in bench.times()


@pytest.mark.parametrize(
    ("func", "said"), [(twice, "locking against myself"), (unheld, "releasing a lock that is not held")]
)
def test_what_a_thread_may_not_do(func, said):
    bench = threads(MUTEX_FIFO)
    bench.thread("t", func, prio=40)
    assert bench.order() == [said]


def test_a_priority_above_the_ceiling_is_a_mistake():
    bench = threads(MUTEX_CEILING)
    bench.thread("t", holds, prio=181)
    assert bench.order() == ["priority above the ceiling of a lock"]


# ---- Klein et al., A Practitioner's Handbook for Real-Time Analysis, 1993, 5.2.4: three of its locks, four of its
# tasks; 1 us here for 1 ms there. Its bounds for t2 are 69 and 53.


def t1(arg: int) -> None:
    work(us(2))
    mark(MARK_USER, 1, 0)


def t2(arg: int) -> None:
    work(us(9))
    mutex_enter(d1)
    work(us(7))
    mutex_exit(d1)
    mutex_enter(d2)
    work(us(6))
    mutex_exit(d2)
    mutex_enter(d3)
    work(us(5))
    mutex_exit(d3)
    work(us(4))
    mark(MARK_USER, 2, 0)


def t4(arg: int) -> None:
    work(us(21))
    mutex_enter(d3)
    work(us(18))
    mutex_exit(d3)
    mark(MARK_USER, 4, 0)


def t6(arg: int) -> None:
    work(us(20))
    mutex_enter(d1)
    work(us(10))
    mutex_exit(d1)
    mutex_enter(d3)
    work(us(16))
    mutex_exit(d3)
    mutex_enter(d2)
    work(us(9))
    mutex_exit(d2)
    mark(MARK_USER, 6, 0)


def released(kind):
    """t6 is alone until it is just inside D2; then t4 until just inside D3; then t2 and, with it, t1."""
    bench = threads(kind)
    for lock, ceiling in ((d1, 150), (d2, 150), (d3, 150)):
        lock.ceiling = ceiling
    bench.later("t6", t6, at=0, prio=110)
    bench.later("t4", t4, at=us(46), prio=130)
    bench.later("t2", t2, at=us(68), prio=150)
    bench.later("t1", t1, at=us(68), prio=160)
    return {arg: time for time, _, arg in bench.story()}


def test_under_inheritance_it_waits_for_a_section_of_each_lower_task():
    # Work above it 2, own 31, the rest of t6's D2 (9) and of t4's D3 (18 - 1).
    assert released(MUTEX_INHERIT)[2] - 68 == 2 + 31 + 9 + 17


def test_under_the_ceiling_for_one_section_in_all():
    # t4 cannot start until t6 has left D2, so t2 finds it before D3.
    assert released(MUTEX_CEILING)[2] - 68 == 2 + 31
