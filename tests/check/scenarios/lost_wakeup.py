"""A flag and a condition: the flag is looked at under the lock, or before it is taken."""

from splx.scenario import *

CAREFUL = Param("CAREFUL", 1)


class Box(Struct):
    full: i64 = atomic()


box = Box()
lock = Mutex("lock")
filled = Condvar("filled")


@thread(cpu=0)
def taker() -> None:
    if CAREFUL == 1:
        mutex_enter(lock)
        while box.full == 0:
            cv_wait(filled, lock)
        mutex_exit(lock)
    elif box.full == 0:
        mutex_enter(lock)
        cv_wait(filled, lock)
        mutex_exit(lock)


@thread(cpu=1)
def giver() -> None:
    mutex_enter(lock)
    box.full = 1
    cv_signal(filled)
    mutex_exit(lock)
