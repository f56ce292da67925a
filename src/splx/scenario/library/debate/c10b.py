"""Disks whose handlers want a lock, and its owner, who waits for one disk more; all of them interrupt one CPU.

As c10, so small that every interleaving can be looked at: the owner starts the first disk when it has the lock, and the
handler of each starts the next before it wants the lock itself; the one more comes at any time.

Parameters: blocking, how many of the disks are started whose handlers want it; above, 1 if the level of the one that
the owner waits for is above that of the others, else it is the same.
"""

from splx.lang.kernel import spin_while
from splx.scenario import *

BLOCKING = Param("blocking", 1)
ABOVE = Param("above", 0)
table = Mutex("table", IPL_BIO)
awaited = Disk("sd0", ClosedLoop(us(1)), cpu=0)
first = Disk("sd1", ClosedLoop(us(1)), cpu=0)
second = Disk("sd2", ClosedLoop(us(1)), cpu=0)
third = Disk("sd3", ClosedLoop(us(1)), cpu=0)


class Io(Struct):
    """Whether the disk has answered."""

    done: i64 = atomic()


io = Io()


def note() -> None:
    """Note in the table what has come."""
    with table:
        pass


@handler(awaited, IPL_NET if ABOVE == 1 else IPL_BIO, mpsafe=True)
def awaited_intr() -> None:
    """What the owner waits for."""
    awaited.pop()
    io.done = 1


@handler(first, IPL_BIO, mpsafe=True)
def first_intr() -> None:
    """Start the next, and note it."""
    first.pop()
    if BLOCKING > 1:
        second.submit()
    note()


@handler(second, IPL_BIO, mpsafe=True)
def second_intr() -> None:
    """Likewise."""
    second.pop()
    if BLOCKING > 2:
        third.submit()
    note()


@handler(third, IPL_BIO, mpsafe=True)
def third_intr() -> None:
    """The last."""
    third.pop()
    note()


@thread("owner", cpu=0)
def owner() -> None:
    """Wait for the disk with the table locked, as one should not."""
    with table:
        awaited.submit()
        first.submit()
        spin_while(io.done == 0)
