"""The big lock, in its final form and in that of 2006."""

from __future__ import annotations

import pytest
from tests.unit.kernel.handlers import drain_and_schedule, soft
from tests.unit.kernel.threads import MARK_USER, MODERN, OLD, Threads

from splx.kernel.interface.driver import cv_signal, cv_wait, kernel_lock, kernel_unlock, mutex_enter, mutex_exit, yield_
from splx.kernel.interface.levels import IPL_CLOCK, IPL_NONE, IPL_VM
from splx.kernel.interface.locks import MUTEX_ADAPTIVE, MUTEX_SLEEP, Mutex
from splx.kernel.interface.sync import KCondvar
from splx.lang.kernel import us
from splx.machine.constants import DevReg
from splx.machine.intrinsics import dev_read, mark, work

m = Mutex()
spin = Mutex()
cv = KCondvar()


def section(arg: int) -> None:
    """10 us under it, twice deep. Marks arg inside, arg + 1 after."""
    kernel_lock()
    kernel_lock()
    mark(MARK_USER, arg, 0)
    work(us(10))
    kernel_unlock()
    kernel_unlock()
    mark(MARK_USER, arg + 1, 0)


def handler(dev: int) -> None:
    """What a driver of that time did: all of it under the big lock."""
    while dev_read(dev, DevReg.POP) != 0:
        kernel_lock()
        mark(MARK_USER, 90, 0)
        work(us(2))
        mark(MARK_USER, 91, 0)
        kernel_unlock()


def lingers(dev: int) -> None:
    handler(dev)
    work(us(3))


def m_then_big(arg: int) -> None:
    mutex_enter(m)
    kernel_lock()
    mark(MARK_USER, arg, 0)
    kernel_unlock()
    mutex_exit(m)


def big_then_m(arg: int) -> None:
    kernel_lock()
    mutex_enter(m)
    mark(MARK_USER, arg, 0)
    mutex_exit(m)
    kernel_unlock()


def late_section(arg: int) -> None:
    work(us(4))
    section(arg)


def says(dev: int) -> None:
    while dev_read(dev, DevReg.POP) != 0:
        mark(MARK_USER, 99, 0)


def sleeps(arg: int) -> None:
    """Waits for a signal with two holds, and has them again."""
    kernel_lock()
    kernel_lock()
    mutex_enter(m)
    mark(MARK_USER, 1, 0)
    cv_wait(cv, m)
    mark(MARK_USER, 2, 0)
    mutex_exit(m)
    work(us(10))
    kernel_unlock()
    work(us(10))
    mark(MARK_USER, 3, 0)
    kernel_unlock()


def signals(arg: int) -> None:
    section(arg)
    mutex_enter(m)
    cv_signal(cv)
    mutex_exit(m)


def yields(arg: int) -> None:
    kernel_lock()
    work(us(2))
    yield_()
    mark(MARK_USER, arg, 0)
    kernel_unlock()


def computes(arg: int) -> None:
    work(us(5))
    mark(MARK_USER, arg, 0)


def locked_section(arg: int) -> None:
    mutex_enter(spin)
    kernel_lock()


def unheld(arg: int) -> None:
    kernel_unlock()


def threads(mechanisms, **others):
    bench = Threads(*mechanisms, **others)
    bench.mutex(IPL_NONE, m)
    m.kind = MUTEX_SLEEP if mechanisms is OLD else MUTEX_ADAPTIVE
    return bench


both = pytest.mark.parametrize("mechanisms", [MODERN, OLD], ids=["final", "2006"])


@both
def test_two_cpus_take_turns(mechanisms):
    bench = threads(mechanisms, cpus=2)
    bench.later("a", section, at=0, prio=140, arg=1)
    bench.later("b", section, at=us(2), prio=140, arg=11, cpu=1)
    assert bench.story() == [(0, 0, 1), (10, 0, 2), (10, 1, 11), (20, 1, 12)]


@both
def test_an_interrupt_runs_under_the_hold_of_what_it_interrupts(mechanisms):
    bench = threads(mechanisms)
    bench.line("vm", IPL_VM, handler, at=[us(5)])
    bench.thread("a", section, prio=140, arg=1)
    assert bench.story() == [(0, 0, 1), (5, 0, 90), (7, 0, 91), (12, 0, 2)]


@both
def test_an_interrupt_on_another_cpu_waits_and_its_cpu_with_it_but_for_higher_levels(mechanisms):
    bench = threads(mechanisms, cpus=2)
    bench.line("vm", IPL_VM, handler, at=[us(5)], cpu=1)
    bench.line("vm too", IPL_VM, says, at=[us(6)], cpu=1)
    bench.line("clock", IPL_CLOCK, says, at=[us(7)], cpu=1)
    bench.thread("a", section, prio=140, arg=1)
    bench.thread("b", computes, prio=140, arg=31, cpu=1)
    assert bench.story() == [
        (0, 0, 1), (5, 1, 31), (7, 1, 99), (10, 0, 2), (10, 1, 90), (12, 1, 91), (12, 1, 99)
    ]  # fmt: skip


@both
def test_sleeping_gives_all_holds_up_and_takes_them_back(mechanisms):
    bench = threads(mechanisms, cpus=2)
    bench.thread("sleeper", sleeps, prio=140)
    bench.later("signaller", signals, at=us(2), prio=140, arg=11, cpu=1)
    bench.later("other", section, at=us(15), prio=140, arg=21, cpu=1)
    assert bench.story() == [(0, 0, 1), (2, 1, 11), (12, 1, 12), (12, 0, 2), (32, 0, 3), (32, 1, 21), (42, 1, 22)]


@both
def test_so_does_yielding(mechanisms):
    bench = threads(mechanisms)
    bench.thread("a", yields, prio=140, arg=1)
    bench.thread("b", section, prio=140, arg=11)
    assert bench.story() == [(2, 0, 11), (12, 0, 12), (12, 0, 1)]


@both
def test_it_is_not_given_up_by_who_does_not_hold_it(mechanisms):
    bench = threads(mechanisms)
    bench.thread("a", unheld, prio=140)
    assert bench.order() == ["kernel_unlock without kernel_lock"]


def test_a_holder_is_preempted_when_it_lets_go():
    bench = threads(MODERN)
    bench.thread("a", section, prio=140, arg=1)
    bench.later("better", computes, at=us(2), prio=150, arg=31)
    assert bench.story() == [(0, 0, 1), (15, 0, 31), (15, 0, 2)]


def test_a_waiter_is_not_preempted_and_then_it_is():
    bench = threads(MODERN, cpus=2)
    bench.later("a", section, at=0, prio=140, arg=1)
    bench.later("waiter", section, at=us(1), prio=140, arg=11, cpu=1)
    bench.later("better", computes, at=us(2), prio=150, arg=31, cpu=1)
    assert bench.story() == [(0, 0, 1), (10, 0, 2), (10, 1, 11), (25, 1, 31), (25, 1, 12)]


def test_who_waits_is_interrupted_at_the_level_it_came_in_with():
    bench = threads(MODERN, cpus=2)
    bench.line("vm", IPL_VM, says, at=[us(5)], cpu=1)
    bench.later("a", section, at=0, prio=140, arg=1)
    bench.later("waiter", section, at=us(2), prio=140, arg=11, cpu=1)
    assert bench.story() == [(0, 0, 1), (5, 1, 99), (10, 0, 2), (10, 1, 11), (20, 1, 12)]


def test_what_a_thread_on_top_of_the_holder_takes_and_gives_up_leaves_the_lock_with_the_holder():
    # The softint has a thread, and holds, of its own.
    bench = threads(MODERN, cpus=2)
    soft.si_func = section
    soft.si_arg = 51
    bench.softs.append(soft)
    bench.line("nic", IPL_VM, drain_and_schedule, at=[us(3)])
    bench.thread("a", section, prio=140, arg=1)
    bench.thread("other", late_section, prio=140, arg=11, cpu=1)
    assert bench.story() == [(0, 0, 1), (4, 0, 51), (14, 0, 52), (21, 0, 2), (21, 1, 11), (31, 1, 12)]


def test_a_waiter_still_counts_as_not_running_when_an_interrupt_on_top_of_it_has_waited_too():
    # b has m and waits for the lock; the interrupt above it had it first. Then c has it, and must sleep for m.
    bench = threads(MODERN, cpus=3)
    bench.line("vm", IPL_VM, lingers, at=[us(5)], cpu=1)
    bench.thread("a", section, prio=140, arg=1)
    bench.later("b", m_then_big, at=us(2), prio=140, arg=21, cpu=1)
    bench.later("c", big_then_m, at=us(6), prio=140, arg=31, cpu=2)
    assert bench.story() == [(0, 0, 1), (10, 0, 2), (10, 1, 90), (12, 1, 91), (15, 1, 21), (15, 2, 31)]


def test_a_spin_mutex_must_not_be_held():
    bench = threads(MODERN)
    bench.thread("a", locked_section, prio=140)
    bench.mutex(IPL_VM, spin)
    assert bench.order() == ["kernel_lock while a spin mutex is held"]
