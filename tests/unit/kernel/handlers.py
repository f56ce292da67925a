"""What the tests of mechanisms run: short handlers and threads."""

from __future__ import annotations

from splx.kernel.interface.driver import mutex_enter, mutex_exit, softint_schedule, splvm, splx
from splx.kernel.interface.levels import MARK_USER, SOFT_NET
from splx.kernel.interface.lines import Softint
from splx.kernel.interface.locks import Mutex
from splx.lang.kernel import us
from splx.machine.constants import DevReg
from splx.machine.intrinsics import dev_read, mark, work

lock = Mutex()


def drain(dev: int) -> None:
    while dev_read(dev, DevReg.POP) != 0:
        work(us(2))


def ignore(dev: int) -> None:
    mark(MARK_USER, 90, 0)


def section(arg: int) -> None:
    """20 us at IPL_VM."""
    was = splvm()
    work(us(20))
    mark(MARK_USER, 1, 0)
    splx(was)
    mark(MARK_USER, 2, 0)


def busy(arg: int) -> None:
    work(us(50))
    mark(MARK_USER, 1, 0)


def holder(arg: int) -> None:
    """Holds the lock for 20 us, then goes on for 20."""
    mutex_enter(lock)
    work(us(20))
    mark(MARK_USER, 1, 0)
    mutex_exit(lock)
    mark(MARK_USER, 2, 0)
    work(us(20))
    mark(MARK_USER, 3, 0)


def soft_work(arg: int) -> None:
    mark(MARK_USER, 10, 0)
    work(us(3))
    mark(MARK_USER, 11, 0)


def soft_locked(arg: int) -> None:
    mutex_enter(lock)
    mark(MARK_USER, 10, 0)
    work(us(3))
    mutex_exit(lock)
    mark(MARK_USER, 11, 0)


soft = Softint(si_func=soft_work, si_soft=SOFT_NET, si_mpsafe=1, si_index=0)


def drain_and_schedule(dev: int) -> None:
    while dev_read(dev, DevReg.POP) != 0:
        work(us(1))
    softint_schedule(soft)


def drain_locked(dev: int) -> None:
    while dev_read(dev, DevReg.POP) != 0:
        mutex_enter(lock)
        work(us(2))
        mutex_exit(lock)
