"""A thread adds to what each CPU has for itself, and goes on on another CPU. Two better ones take theirs meanwhile."""

from splx.scenario import *

card = NIC("card", Poisson(ms(1)), limit=1)
go = Condvar("go")
lock = Mutex("lock", IPL_NET)


class Counts(PerCpu):
    packets: i64


class Box(Struct):
    ready: i64


counts = Counts()
box = Box()


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    card.pop()
    mutex_enter(lock)
    box.ready = 1
    cv_signal(go)
    mutex_exit(lock)


@thread(priority=120)
def better() -> None:
    mutex_enter(lock)
    while box.ready == 0:
        cv_wait(go, lock)
    mutex_exit(lock)
    work(us(1))


@thread(priority=110)
def other() -> None:
    counts.packets += 1


@thread()
def user() -> None:
    counts.packets += 1
