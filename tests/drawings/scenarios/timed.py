"""A thread that waits for a condition, or a tick, and one that makes the condition true."""

from splx.scenario import *


class Box(Struct):
    ready: i64


box = Box()
m = Mutex("m")
cv = Condvar("cv")
clock = Clock("clock", Never(), cpu=0)


@handler(clock, IPL_CLOCK, mpsafe=True)
def clock_intr() -> None:
    clock.ack()
    hardclock()


@thread(cpu=0)
def waiter() -> None:
    mutex_enter(m)
    if box.ready == 0:
        cv_timedwait(cv, m, 1)
    mutex_exit(m)


@thread(cpu=1)
def waker() -> None:
    mutex_enter(m)
    box.ready = 1
    cv_signal(cv)
    mutex_exit(m)
