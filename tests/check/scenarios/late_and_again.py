"""Who was late for an event waits for it once more, for as long as it takes."""

from splx.scenario import *

m = Mutex("m", IPL_NONE)
cv = Condvar("cv")
clock = OneShot("clock")


class Box(Struct):
    ready: i64 = guarded_by("m")


box = Box()


@handler(clock, IPL_CLOCK, mpsafe=True)
def clock_intr() -> None:
    clock.ack()
    hardclock()


@thread(cpu=0)
def waiter() -> None:
    clock.arm(us(1))
    with m:
        if box.ready == 0:
            cv_timedwait(cv, m, 1)
        while box.ready == 0:
            cv_wait(cv, m)


@thread(cpu=1)
def waker() -> None:
    with m:
        box.ready = 1
        cv_broadcast(cv)
