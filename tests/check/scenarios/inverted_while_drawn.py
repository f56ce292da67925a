"""As `inverted`; `middle` has work as long as it draws a 0."""

from splx.scenario import *


class Box(Struct):
    go: i64


box = Box()
gate = Mutex("gate")
go = Condvar("go")
lock = Mutex("lock")


def wait_for_low() -> None:
    with gate:
        while box.go == 0:
            cv_wait(go, gate)


@thread(priority=PRI_USER, cpu=0)
def low() -> None:
    with lock, gate:
        box.go = 1
        cv_broadcast(go)


@thread(priority=PRI_KERNEL, cpu=0)
def middle() -> None:
    wait_for_low()
    while choose(2) == 0:
        work(us(1))


@thread(priority=PRI_USER_RT, cpu=0)
def high() -> None:
    wait_for_low()
    with lock:
        pass
