"""Two threads of different priority sleep for one condition, and a third wakes both."""

from splx.scenario import *


class Box(Struct):
    go: i64 = guarded_by("gate")


box = Box()
gate = Mutex("gate")
go = Condvar("go")


def sleep() -> None:
    with gate:
        while box.go == 0:
            cv_wait(go, gate)


@thread(priority=PRI_KERNEL, cpu=0)
def low() -> None:
    sleep()


@thread(priority=PRI_USER_RT, cpu=0)
def high() -> None:
    sleep()


@thread(priority=PRI_USER, cpu=0)
def waker() -> None:
    with gate:
        box.go = 1
        cv_broadcast(go)
