"""A driver that goes on for ever. HOW: 1 its card is told to be silent after the first item; 2 nobody is told."""

from splx.scenario import *

HOW = Param("HOW", 0)
card = NIC("card", Poisson(ms(1)))


class Box(Struct):
    n: i64


box = Box()
lock = Mutex("lock", IPL_NET)
came = Condvar("came")


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    card.pop()
    if HOW == 1:
        card.disable()
    with lock:
        box.n = 1
        if HOW != 2:
            cv_signal(came)


@thread(cpu=0)
def reader() -> None:
    while True:
        with lock:
            while box.n == 0:
                cv_wait(came, lock)
            box.n = 0
