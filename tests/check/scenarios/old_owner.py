"""Who finds a lock held looks where its owner runs, who may have slept since, and be woken at this moment."""

from splx.scenario import (
    Condvar,
    Mutex,
    Struct,
    cv_signal,
    cv_wait,
    guarded_by,
    i64,
    mutex_enter,
    mutex_exit,
    thread,
)

lock = Mutex("lock")
filled = Condvar("filled")


class Box(Struct):
    full: i64 = guarded_by("lock")


box = Box()


@thread(cpu=1)
def taker() -> None:
    mutex_enter(lock)
    if box.full == 0:
        cv_wait(filled, lock)
    mutex_exit(lock)


@thread(cpu=1)
def giver() -> None:
    mutex_enter(lock)
    box.full = 1
    cv_signal(filled)
    mutex_exit(lock)


@thread(cpu=0)
def passer() -> None:
    mutex_enter(lock)
    mutex_exit(lock)
