"""A thread that waits for a signal or a tick, whichever is first."""

from splx.scenario import *


class Box(Struct):
    ready: i64


box = Box()
m = Mutex("m")
cv = Condvar("cv")
clock = Clock("clock", Poisson(ms(1)), cpu=0, limit=1)


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
