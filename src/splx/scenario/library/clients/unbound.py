"""A thread that is bound to no CPU: it sleeps, and is woken on another CPU, perhaps before it has left its own.

It sleeps on CPU 0 for what is given, and a better thread comes there; a worse one on CPU 1 wakes both. So it goes on
over there, where it may be chosen while CPU 0 has its registers still.
"""

from splx.scenario import (
    IPL_NET,
    PRI_KERNEL_RT,
    PRI_USER,
    PRI_USER_RT,
    Condvar,
    Mutex,
    Param,
    Struct,
    choose,
    cv_signal,
    cv_wait,
    guarded_by,
    i64,
    mutex_enter,
    mutex_exit,
    thread,
)
from splx.scenario.meeting import meet

CPUS = Param("cpus", 2)
BOTH = Param("both", 1)  # 0: the better thread is woken first
lock = Mutex("lock", IPL_NET)
given = Condvar("given")
due = Condvar("due")


class Data(Struct):
    """What was given, to either."""

    wander: i64 = guarded_by("lock")
    stay: i64 = guarded_by("lock")


data = Data()


@thread("wanderer", priority=PRI_USER_RT)
def wanderer() -> None:
    """Wait, wherever that is."""
    mutex_enter(lock)
    while data.wander == 0:
        cv_wait(given, lock)
    mutex_exit(lock)


@thread("better", priority=PRI_KERNEL_RT, cpu=0)
def better() -> None:
    """Wait on CPU 0."""
    meet(2)
    mutex_enter(lock)
    while data.stay == 0:
        cv_wait(due, lock)
    mutex_exit(lock)


def wake_better() -> None:
    """Give."""
    data.stay = 1
    cv_signal(due)


@thread("worse", priority=PRI_USER, cpu=CPUS - 1)
def worse() -> None:
    """Wake both."""
    meet(2)
    mutex_enter(lock)
    late = BOTH == 1 and choose(2) == 1
    if not late:
        wake_better()
    data.wander = 1
    cv_signal(given)
    if late:
        wake_better()
    mutex_exit(lock)
