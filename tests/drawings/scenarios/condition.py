"""A thread that waits for a condition, and one that makes it true."""

from splx.scenario import *


class Box(Struct):
    ready: i64


box = Box()
m = Mutex("m")
cv = Condvar("cv")


@thread(cpu=0)
def waiter() -> None:
    mutex_enter(m)
    while box.ready == 0:
        cv_wait(cv, m)
    mutex_exit(m)


@thread(cpu=1)
def waker() -> None:
    mutex_enter(m)
    box.ready = 1
    cv_signal(cv)
    mutex_exit(m)
