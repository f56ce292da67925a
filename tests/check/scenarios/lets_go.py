"""A lock held across a sleep, tried for by another thread and by what wakes the first."""

from splx.scenario import *


class Box(Struct):
    ready: i64 = guarded_by("gate")


box = Box()
gate = Mutex("gate")
ready = Condvar("ready")
held = Mutex("held")


@thread(cpu=0)
def sleeper() -> None:
    with held, gate:
        while box.ready == 0:
            cv_wait(ready, gate)


@thread(cpu=0)
def waker() -> None:
    if mutex_tryenter(held):
        mutex_exit(held)
    with gate:
        box.ready = 1
        cv_signal(ready)
