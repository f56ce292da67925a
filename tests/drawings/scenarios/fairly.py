"""A thread that runs, one that sleeps on its CPU, and one that wakes that."""

from splx.scenario import *

clock = Clock("clock", Never(), cpu=0)
m = Mutex("m")
cv = Condvar("cv")


@handler(clock, IPL_CLOCK, mpsafe=True)
def clock_intr() -> None:
    clock.ack()
    hardclock()


@thread(cpu=0)
def sleeper() -> None:
    mutex_enter(m)
    cv_wait(cv, m)
    mutex_exit(m)


@thread(cpu=0)
def hog() -> None:
    work(us(1))


@thread(cpu=1)
def waker() -> None:
    mutex_enter(m)
    cv_signal(cv)
    mutex_exit(m)
