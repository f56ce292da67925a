"""An owner of a lock of threads that is preempted, and must go on for the sake of who wants the lock.

The owner has it on CPU 0 when it wakes a better thread, which stays there, in user mode, until the waiter of CPU 1 has
had the lock: what that one lends has to be seen by the CPU on whose queue the owner is. With `chain=1` the waiter comes
first, and may spin while the owner runs; the better thread wants another lock, which the waiter has. So each of the two
has to see that whom it waits for runs no longer, or spins, and nobody gets anywhere.
"""

from splx.lang.kernel import spin_while
from splx.scenario import (
    IPL_NET,
    PRI_KERNEL_RT,
    PRI_USER,
    PRI_USER_RT,
    Condvar,
    Mutex,
    Param,
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

CHAIN = Param("chain", 0)  # 1: the better thread waits for the waiter by a lock
gate = Mutex("gate", IPL_NET)
due = Condvar("due")
first = Mutex("first")
second = Mutex("second")


class Data(Struct):
    """Whether the better thread is to go on, and how far they all are."""

    go: i64 = guarded_by("gate")
    begun: i64 = atomic()  # the waiter may begin
    waits: i64 = atomic()  # the waiter has the second lock
    through: i64 = atomic()  # the waiter has had the first


data = Data()


@thread("better", priority=PRI_KERNEL_RT if CHAIN == 1 else PRI_USER_RT, cpu=0)
def better() -> None:
    """In the way of the owner, in the one way or the other."""
    mutex_enter(gate)
    while data.go == 0:
        cv_wait(due, gate)
    mutex_exit(gate)
    if CHAIN == 1:
        mutex_enter(second)
        mutex_exit(second)
    else:
        user_enter()
        data.begun = 1
        spin_while(data.through == 0)
        user_leave()


@thread("waiter", priority=PRI_USER_RT if CHAIN == 1 else PRI_KERNEL_RT, cpu=1)
def waiter() -> None:
    """The first lock, inside the second with `chain=1`."""
    spin_while(data.begun == 0)
    if CHAIN == 1:
        mutex_enter(second)
        data.waits = 1
    mutex_enter(first)
    mutex_exit(first)
    if CHAIN == 1:
        mutex_exit(second)
    data.through = 1


@thread("owner", priority=PRI_USER, cpu=0)
def owner() -> None:
    """Wake the better thread while it has the lock."""
    mutex_enter(first)
    if CHAIN == 1:
        data.begun = 1
        spin_while(data.waits == 0)
    mutex_enter(gate)
    data.go = 1
    cv_signal(due)
    mutex_exit(gate)
    mutex_exit(first)
