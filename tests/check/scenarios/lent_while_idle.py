"""A thread that is ready on another CPU is lent a priority just when that CPU looks for somebody to run."""

from splx.scenario import *


class Box(Struct):
    go: i64 = guarded_by("gate")


box = Box()
lock = Mutex("lock")
gate = Mutex("gate")
go = Condvar("go")


@thread(cpu=1)
def owner() -> None:
    with lock, gate:
        while box.go == 0:
            cv_wait(go, gate)


@thread(cpu=0)
def waker() -> None:
    with gate:
        box.go = 1
        cv_signal(go)
    with lock:
        pass
