"""Three threads on one CPU: `high` waits for a lock of `low`, and `middle` has work whenever the card brings some."""

from splx.scenario import *

nic = NIC("nic", Poisson(ms(1)))


class Box(Struct):
    go: i64
    work: i64


box = Box()
gate = Mutex("gate", IPL_NET)
go = Condvar("go")
more = Condvar("more")
lock = Mutex("lock")


@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    nic.pop()
    with gate:
        box.work = 1
        cv_signal(more)


@thread(priority=PRI_USER, cpu=0)
def low() -> None:
    with lock, gate:
        box.go = 1
        cv_signal(go)


@thread(priority=PRI_KERNEL, cpu=0)
def middle() -> None:
    while True:
        with gate:
            while box.work == 0:
                cv_wait(more, gate)
            box.work = 0


@thread(priority=PRI_USER_RT, cpu=0)
def high() -> None:
    with gate:
        while box.go == 0:
            cv_wait(go, gate)
    with lock:
        pass
