"""A thread wakes a better one on the other CPU, which is at work then, and a card interrupts that CPU, too."""

from splx.scenario import *

FIRST = Param("FIRST", 1000)  # ns after which the card begins
lock = Mutex("lock")
wanted = Condvar("wanted")
nic = NIC("nic", Periodic(us(100), offset=ns(FIRST)), cpu=1, limit=1)


class Box(Struct):
    n: i64


box = Box()


@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    nic.pop()


@thread(cpu=0, priority=PRI_USER)
def asks() -> None:
    work(us(10))
    mutex_enter(lock)
    box.n = 1
    cv_signal(wanted)
    mutex_exit(lock)


@thread(cpu=1, priority=PRI_USER)
def at_work() -> None:
    work(us(30))


@thread(cpu=1, priority=PRI_USER_RT)
def better() -> None:
    mutex_enter(lock)
    while box.n < 1:
        cv_wait(wanted, lock)
    mutex_exit(lock)
