"""A thread takes a lock twice. A better one of its CPU, which a card wakes, wants the lock, too."""

from splx.kernel.interface.lwp import Lwp, ci
from splx.kernel.interface.sched import lwp_park, lwp_unpark
from splx.scenario import *


class Box(Struct):
    waiter: Lwp
    woken: i64


box = Box()
lock = Mutex("lock")
card = NIC("card", Poisson(ms(1)))


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    card.pop()
    if box.waiter is not NULL and box.woken == 0:
        box.woken = 1
        lwp_unpark(box.waiter)


@thread(priority=PRI_USER_RT, cpu=0)
def waiter() -> None:
    box.waiter = ci.curlwp
    lwp_park()
    with lock:
        pass


@thread(priority=PRI_USER, cpu=0)
def owner() -> None:
    with lock:
        pass
    with lock:
        pass
