"""A thread that goes to sleep on one CPU, and is woken on another, which has nothing better to do."""

from splx.scenario import *


class Box(Struct):
    go: i64 = guarded_by("gate")


box = Box()
gate = Mutex("gate")
go = Condvar("go")


@thread(priority=PRI_USER_RT)
def sleeper() -> None:
    with gate:
        while box.go == 0:
            cv_wait(go, gate)


@thread(priority=PRI_USER_RT, cpu=0)
def busy() -> None:
    work(us(1))


@thread(priority=PRI_USER, cpu=1)
def waker() -> None:
    with gate:
        box.go = 1
        cv_signal(go)
