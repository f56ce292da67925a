"""A thread that has two locks, for each of which a better thread waits, and that gives one back before the other.

It is as good meanwhile as who waits for the one that it still has. Either of the better threads goes first.
"""

from splx.scenario import (
    IPL_NET,
    PRI_KERNEL_RT,
    PRI_USER,
    PRI_USER_RT,
    Condvar,
    Mutex,
    Struct,
    choose,
    cv_broadcast,
    cv_wait,
    guarded_by,
    i64,
    mutex_enter,
    mutex_exit,
    thread,
)

gate = Mutex("gate", IPL_NET)
due = Condvar("due")
first = Mutex("first")
second = Mutex("second")


class Data(Struct):
    """Which of the better threads are to go on, and who was inside."""

    go: i64 = guarded_by("gate")
    one: i64 = guarded_by("first")
    two: i64 = guarded_by("second")


data = Data()


def await_turn(me: int) -> None:
    """Sleep until this one is to go on."""
    mutex_enter(gate)
    while data.go & me == 0:
        cv_wait(due, gate)
    mutex_exit(gate)


def wake(who: int) -> None:
    """Have it go on."""
    mutex_enter(gate)
    data.go |= who
    cv_broadcast(due)
    mutex_exit(gate)


@thread("best", priority=PRI_KERNEL_RT, cpu=0)
def best() -> None:
    """The second lock."""
    await_turn(2)
    mutex_enter(second)
    data.two = 2
    mutex_exit(second)


@thread("middle", priority=PRI_USER_RT, cpu=0)
def middle() -> None:
    """The first."""
    await_turn(1)
    mutex_enter(first)
    data.one = 1
    mutex_exit(first)


@thread("worst", priority=PRI_USER, cpu=0)
def worst() -> None:
    """Both, given back in either order."""
    mutex_enter(first)
    mutex_enter(second)
    sooner = 1 + choose(2)
    wake(sooner)
    wake(3 - sooner)
    data.one = 3
    data.two = 3
    if choose(2) == 0:
        mutex_exit(second)
        mutex_exit(first)
    else:
        mutex_exit(first)
        mutex_exit(second)
