"""Spin mutexes: the level of the first, the count, and what they refuse."""

from __future__ import annotations

from tests.unit.kernel.threads import MARK_USER, Threads

from splx.kernel.interface.driver import mutex_enter, mutex_exit, mutex_tryenter
from splx.kernel.interface.levels import IPL_CLOCK, IPL_HIGH, IPL_VM
from splx.kernel.interface.locks import Mutex
from splx.lang.kernel import us
from splx.machine.constants import DevReg
from splx.machine.intrinsics import dev_read, mark, work

low = Mutex()
high = Mutex()


def say(dev: int) -> None:
    while dev_read(dev, DevReg.POP) != 0:
        mark(MARK_USER, 90 + dev, 0)


def say_locked(dev: int) -> None:
    mutex_enter(low)
    say(dev)
    mutex_exit(low)


def crossed(arg: int) -> None:
    """Released in another order than taken."""
    mutex_enter(low)
    work(us(10))
    mutex_enter(high)
    work(us(10))
    mutex_exit(low)
    mark(MARK_USER, 1, 0)
    work(us(10))
    mutex_exit(high)
    mark(MARK_USER, 2, 0)


def nested(arg: int) -> None:
    """A short lock of a high level in a long one of a low level."""
    mutex_enter(low)
    mutex_enter(high)
    mutex_exit(high)
    work(us(20))
    mark(MARK_USER, 1, 0)
    mutex_exit(low)
    mark(MARK_USER, 2, 0)


def section(arg: int) -> None:
    mutex_enter(low)
    mark(MARK_USER, arg, 0)
    work(us(10))
    mark(MARK_USER, arg + 1, 0)
    mutex_exit(low)


def twice(arg: int) -> None:
    mutex_enter(low)
    mutex_enter(low)


def unheld(arg: int) -> None:
    mutex_exit(low)


def tries(arg: int) -> None:
    work(us(2))
    mark(MARK_USER, 20 + int(mutex_tryenter(low)), 0)
    work(us(2))
    mark(MARK_USER, 29, 0)


def threads(cpus=1):
    bench = Threads(cpus=cpus)
    bench.mutex(IPL_VM, low)
    bench.mutex(IPL_HIGH, high)
    return bench


def test_the_level_goes_back_with_the_last_lock_whatever_the_order():
    bench = threads()
    bench.line("vm", IPL_VM, say, at=[us(5)])
    bench.thread("t", crossed, prio=40)
    assert bench.story() == [(20, 0, 1), (30, 0, 90), (30, 0, 2)]


def test_a_short_lock_of_a_high_level_prolongs_its_level_to_the_end_of_the_long_one():
    bench = threads()
    bench.line("clock", IPL_CLOCK, say, at=[us(5)])
    bench.thread("t", nested, prio=40)
    assert bench.story() == [(20, 0, 1), (20, 0, 90), (20, 0, 2)]


def test_a_handler_takes_the_lock_after_the_thread_that_it_would_have_interrupted():
    bench = threads()
    bench.line("vm", IPL_VM, say_locked, at=[us(5)])
    bench.thread("t", section, prio=40, arg=1)
    assert bench.story() == [(0, 0, 1), (10, 0, 2), (10, 0, 90)]


def test_another_cpu_waits_at_the_level_of_the_lock():
    bench = threads(cpus=2)
    bench.line("vm", IPL_VM, say, at=[us(5)], cpu=1)
    bench.line("clock", IPL_CLOCK, say, at=[us(6)], cpu=1)
    bench.thread("a", section, prio=40, arg=1)
    bench.thread("b", section, prio=40, arg=3, cpu=1)
    assert bench.story() == [(0, 0, 1), (6, 1, 91), (10, 0, 2), (10, 1, 3), (20, 1, 4), (20, 1, 90)]


def test_a_try_that_fails_leaves_the_level_as_it_was():
    bench = threads(cpus=2)
    bench.line("vm", IPL_VM, say, at=[us(3)], cpu=1)
    bench.thread("a", section, prio=40, arg=1)
    bench.thread("b", tries, prio=40, cpu=1)
    assert bench.story() == [(0, 0, 1), (2, 1, 20), (3, 1, 90), (4, 1, 29), (10, 0, 2)]


def test_recursion_is_refused():
    bench = threads()
    bench.thread("t", twice, prio=40)
    assert bench.order() == ["locking against myself"]


def test_so_is_releasing_what_is_not_held():
    bench = threads()
    bench.thread("t", unheld, prio=40)
    assert bench.order() == ["exiting unheld spin mutex"]


def test_and_a_lock_whose_level_is_below_its_handlers():
    bench = threads()
    bench.line("clock", IPL_CLOCK, say_locked, at=[us(15)])
    bench.thread("t", section, prio=40, arg=1)
    assert bench.order() == [1, 2, "spin mutex of a level below its handler's"]


def test_whose_handler_would_spin_on_what_it_interrupted():
    bench = threads()
    bench.line("clock", IPL_CLOCK, say_locked, at=[us(5)])
    bench.thread("t", section, prio=40, arg=1)
    assert bench.order() == [1, "locking against myself"]
