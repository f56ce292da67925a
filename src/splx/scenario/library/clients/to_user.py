"""Two threads, one hardly better than the other, that have slept: in the kernel they may be as good as one another.

Where the kernel lifts who has slept into a band of its own, the worse one is out of that when it goes to user mode. So
it has to give way there to the better one, which it has woken before: it goes on only when that is through.
"""

from splx.lang.kernel import spin_while
from splx.scenario import (
    IPL_NET,
    PRI_USER,
    Condvar,
    Mutex,
    Struct,
    atomic,
    cv_signal,
    cv_wait,
    guarded_by,
    i64,
    mutex_enter,
    mutex_exit,
    thread,
    user_enter,
    user_leave,
)

gate = Mutex("gate", IPL_NET)
due = Condvar("due")
begin = Condvar("begin")


class Data(Struct):
    """How far the worse thread is, whether the better one has woken it, and whether that is through."""

    begun: i64 = guarded_by("gate")
    woken: i64 = guarded_by("gate")
    through: i64 = atomic()


data = Data()


@thread("better", priority=PRI_USER + 1, cpu=0)
def better() -> None:
    """Wake the worse one, which waits, and wait for it."""
    mutex_enter(gate)
    while data.begun == 0:
        cv_wait(due, gate)
    data.woken = 1
    cv_signal(begin)
    while data.begun == 1:
        cv_wait(due, gate)
    mutex_exit(gate)
    data.through = 1


@thread("worse", priority=PRI_USER, cpu=0)
def worse() -> None:
    """Wait, wake the better one, and go to user mode."""
    mutex_enter(gate)
    data.begun = 1
    cv_signal(due)
    while data.woken == 0:
        cv_wait(begin, gate)
    data.begun = 2
    cv_signal(due)
    mutex_exit(gate)
    user_enter()
    spin_while(data.through == 0)
    user_leave()
