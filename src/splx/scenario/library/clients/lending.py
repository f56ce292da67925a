"""Priorities that are lent, along a chain: threads of three priorities and two locks of threads.

The handler of a card on CPU 0 wakes the middle thread, and when it comes again the best, which takes the second lock.
The middle one has that when it wants the first, which the worst may have: so the best may wait for one that waits
itself, for one that is ready, or runs.
"""

from splx.scenario import (
    IPL_NET,
    PRI_KERNEL_RT,
    PRI_USER,
    PRI_USER_RT,
    ClosedLoop,
    Condvar,
    Disk,
    Mutex,
    Param,
    Struct,
    cv_broadcast,
    cv_wait,
    guarded_by,
    handler,
    i64,
    mutex_enter,
    mutex_exit,
    thread,
    us,
)
from splx.scenario.meeting import meet

CPUS = Param("cpus", 2)
card = Disk("card", ClosedLoop(us(1)))
gate = Mutex("gate", IPL_NET)
due = Condvar("due")
first = Mutex("first")
second = Mutex("second")


class Data(Struct):
    """How many of the better threads are to go on, and who was inside."""

    go: i64 = guarded_by("gate")
    one: i64 = guarded_by("first")
    two: i64 = guarded_by("second")


data = Data()


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    """Wake one more."""
    if card.pop() != 0:
        mutex_enter(gate)
        data.go += 1
        if data.go == 1:
            card.submit()
        cv_broadcast(due)
        mutex_exit(gate)


def await_turn(n: int) -> None:
    """Sleep until `n` are to go on."""
    mutex_enter(gate)
    while data.go < n:
        cv_wait(due, gate)
    mutex_exit(gate)


@thread("best", priority=PRI_KERNEL_RT, cpu=0)
def best() -> None:
    """The second lock."""
    await_turn(2)
    mutex_enter(second)
    data.two = 3
    mutex_exit(second)


@thread("middle", priority=PRI_USER_RT, cpu=CPUS - 1)
def middle() -> None:
    """The first lock inside the second."""
    if CPUS > 1:
        meet(2)
    await_turn(1)
    mutex_enter(second)
    mutex_enter(first)
    data.one = 2
    mutex_exit(first)
    data.two = 2
    mutex_exit(second)


@thread("worst", priority=PRI_USER, cpu=0)
def worst() -> None:
    """The first lock."""
    meet(CPUS)
    card.submit()
    mutex_enter(first)
    data.one = 1
    mutex_exit(first)
