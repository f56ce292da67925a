"""A clock that ticks for ever, and beside it a thread that sleeps until a tick wakes it, or until nobody does."""

from splx.scenario import *

WOKEN = Param("WOKEN", 1)
tick = Clock("tick", Periodic(ms(1)), cpu=0)
lock = Mutex("lock", IPL_CLOCK)
ticked = Condvar("ticked")


@handler(tick, IPL_CLOCK, mpsafe=True)
def ticks() -> None:
    tick.ack()
    if WOKEN == 1:
        mutex_enter(lock)
        cv_signal(ticked)
        mutex_exit(lock)


@thread(cpu=0)
def sleeper() -> None:
    mutex_enter(lock)
    cv_wait(ticked, lock)
    mutex_exit(lock)
