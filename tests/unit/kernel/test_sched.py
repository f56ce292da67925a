"""Run queues and the switch: who runs where, and in which order."""

from __future__ import annotations

import pytest
from tests.unit.kernel.threads import MARK_USER, Textbook, Threads

from splx.kernel.interface.axes import user_enter, user_leave
from splx.kernel.interface.driver import kernel_lock, kpreempt_disable, kpreempt_enable, mutex_enter, splvm, yield_
from splx.kernel.interface.levels import IPL_NONE, IPL_VM
from splx.kernel.interface.locks import Mutex
from splx.lang.kernel import us
from splx.machine.intrinsics import mark, work

m = Mutex()
spin = Mutex()


def computes(arg: int) -> None:
    """10 us. Marks arg before, arg + 1 after."""
    mark(MARK_USER, arg, 0)
    work(us(10))
    mark(MARK_USER, arg + 1, 0)


def yields(arg: int) -> None:
    work(us(1))
    mark(MARK_USER, arg, 0)
    yield_()
    mark(MARK_USER, arg + 1, 0)


def stays(arg: int) -> None:
    """10 us unpreempted, then 10 more."""
    kpreempt_disable()
    work(us(10))
    mark(MARK_USER, arg, 0)
    kpreempt_enable()
    work(us(10))
    mark(MARK_USER, arg + 1, 0)


def in_user_mode(arg: int) -> None:
    """5 us in the kernel, 10 in user mode."""
    work(us(5))
    mark(MARK_USER, arg, 0)
    user_enter()
    work(us(10))
    user_leave()
    mark(MARK_USER, arg + 1, 0)


def ends_raised(arg: int) -> None:
    splvm()


def ends_with_the_big_lock(arg: int) -> None:
    kernel_lock()


def ends_with_a_lock(arg: int) -> None:
    mutex_enter(m)


def ends_unpreemptible(arg: int) -> None:
    kpreempt_disable()


def sleeps_with_a_spin_mutex(arg: int) -> None:
    mutex_enter(spin)
    yield_()


def threads(cpus=1, kind=Threads, **others):
    bench = kind(cpus=cpus, **others)
    bench.mutex(IPL_NONE, m)
    bench.mutex(IPL_VM, spin)
    return bench


every = pytest.mark.parametrize("kind", [Threads, Textbook], ids=["sched", "textbook"])


@every
def test_the_best_runs_first_and_equals_in_order(kind):
    bench = threads(kind=kind)
    for name, prio, arg in (("c", 130, 1), ("a", 150, 11), ("b", 140, 21), ("b2", 140, 31)):
        bench.thread(name, computes, prio=prio, arg=arg)
    assert bench.order() == [11, 12, 21, 22, 31, 32, 1, 2]


@every
def test_a_better_thread_preempts_and_the_preempted_one_goes_before_its_equals(kind):
    bench = threads(kind=kind)
    bench.later("a", computes, at=0, prio=140, arg=1)
    bench.later("equal", computes, at=us(2), prio=140, arg=11)
    bench.later("better", computes, at=us(4), prio=150, arg=21)
    assert bench.story() == [(0, 0, 1), (4, 0, 21), (14, 0, 22), (20, 0, 2), (20, 0, 11), (30, 0, 12)]


@every
def test_who_yields_goes_behind(kind):
    bench = threads(kind=kind)
    bench.thread("a", yields, prio=140, arg=1)
    bench.thread("b", yields, prio=140, arg=11)
    bench.thread("worse", computes, prio=130, arg=21)
    assert bench.order() == [1, 11, 2, 12, 21, 22]


@pytest.mark.parametrize(
    ("kind", "others", "last"),
    [
        # the two that were preempted wait for their own CPUs
        (Threads, {}, [(10, 2, 22), (15, 0, 72), (15, 1, 82), (20, 0, 2), (20, 1, 12)]),
        # the better of them goes on as soon as a CPU is free
        (Textbook, {"shared": True}, [(10, 2, 22), (15, 0, 72), (15, 1, 82), (15, 2, 12), (20, 0, 2)]),
    ],
    ids=["sched", "textbook, global"],
)
def test_two_who_are_woken_at_one_moment_take_two_cpus(kind, others, last):
    bench = threads(cpus=3, kind=kind, **others)
    for cpu, prio in enumerate((130, 131, 150)):
        bench.later(f"old{cpu}", computes, at=0, prio=prio, arg=10 * cpu + 1, cpu=cpu, bound=False)
    bench.later("new", computes, at=us(5), prio=142, arg=71, bound=False)
    bench.later("newer", computes, at=us(5), prio=141, arg=81, bound=False)
    first = [(0, 0, 1), (0, 1, 11), (0, 2, 21), (5, 0, 71), (5, 1, 81)]
    assert sorted(bench.story()) == sorted(first + last)


@pytest.mark.parametrize(("bound", "where"), [(False, (2, 1, 21)), (True, (10, 0, 21))])
def test_a_woken_thread_goes_to_an_idle_cpu_unless_it_is_bound(bound, where):
    bench = threads(cpus=2)
    bench.later("busy", computes, at=0, prio=150, arg=1)
    bench.later("wakes", computes, at=us(2), prio=140, arg=21, bound=bound)
    assert where in bench.story()


def test_preemption_waits_for_the_count():
    bench = threads()
    bench.later("a", stays, at=0, prio=140, arg=1)
    bench.later("better", computes, at=us(2), prio=150, arg=11)
    assert bench.story() == [(10, 0, 1), (10, 0, 11), (20, 0, 12), (30, 0, 2)]


def test_a_thread_below_the_threshold_waits_for_user_mode():
    bench = threads(consts={"KPREEMPT_PRI": 200})
    bench.later("a", in_user_mode, at=0, prio=40, arg=1)
    bench.later("better", computes, at=us(2), prio=150, arg=11)
    assert bench.story() == [(5, 0, 1), (5, 0, 11), (15, 0, 12), (25, 0, 2)]


def test_a_users_thread_that_was_asleep_is_in_the_kernel_band_until_it_returns_to_user_mode():
    # Both were asleep; the first is in user mode when the second wakes, which is in the kernel.
    bench = threads(consts={"KPREEMPT_PRI": 200})
    bench.later("a", in_user_mode, at=0, prio=40, arg=1)
    bench.later("worse", computes, at=us(7), prio=30, arg=11)
    assert bench.story() == [(5, 0, 1), (7, 0, 11), (17, 0, 12), (25, 0, 2)]


@pytest.mark.parametrize(
    ("func", "said"),
    [
        (ends_raised, "thread ended at a raised level"),
        (ends_with_the_big_lock, "thread ended holding kernel_lock"),
        (ends_with_a_lock, "thread ended holding a mutex or an rwlock"),
        (ends_unpreemptible, "thread ended with a preempt count that is not 0"),
        (sleeps_with_a_spin_mutex, "blocked while holding a spin mutex"),
    ],
)
def test_what_a_thread_may_not_do(func, said):
    bench = threads()
    bench.thread("t", func, prio=140)
    assert bench.order() == [said]
