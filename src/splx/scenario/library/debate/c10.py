"""A card whose handler may find its lock with a thread that sleeps, and another card of the same level and CPU.

Parameters: wait, how long the owner of the lock sleeps with it, until the disk has answered; disk, the CPU that the
disk interrupts. If that is CPU 0, whoever is to wake the owner may wait for the owner.
"""

from splx.scenario import *

WAIT = Param("wait", us(100))

first = NIC("wm0", Poisson(rate=10_000), cpu=0)
second = NIC("wm1", Poisson(rate=10_000), cpu=0)
disk = Disk("sd0", ClosedLoop(Constant(WAIT)), cpu=Param("disk", 1))
table = Mutex("table", IPL_NET)


class Io(Struct):
    """Whether the disk has answered."""

    # guarded by io_lock
    done: i64 = guarded_by("io_lock")


io = Io()
io_lock = Mutex("io", IPL_BIO)
answered = Condvar("answered")


@handler(first, IPL_NET, mpsafe=True)
def first_intr() -> None:
    """Take what has come, and note it in the table."""
    while first.pop() != 0:
        with table:
            work(ns(200))


@handler(second, IPL_NET, mpsafe=True)
def second_intr() -> None:
    """Take what has come."""
    while second.pop() != 0:
        pass


@handler(disk, IPL_BIO, mpsafe=True)
def sd_intr() -> None:
    """Wake whoever asked."""
    while disk.pop() != 0:
        with io_lock:
            io.done = 1
            cv_signal(answered)


@thread("reader", cpu=1)
def reader() -> None:
    """Ask the disk with the table locked, as one should not."""
    while True:
        with table:
            disk.submit()
            with io_lock:
                while io.done == 0:
                    cv_wait(answered, io_lock)
                io.done = 0
        work(us(500))


@thread("user", cpu=0)
def user() -> None:
    """Compute, for ever."""
    while True:
        user_work(ROUND)


ROUND = Constant(us(20))
