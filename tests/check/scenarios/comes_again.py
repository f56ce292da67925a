"""A thread on CPU 1 sleeps until an interrupt wakes it. HOW: 0 a card does, if it sees that the thread waits; 1 the
third item of the card, as the driver counts them; 2 item NUMBER, as the card does.
"""

from splx.scenario import *

HOW = Param("HOW", 0)
NUMBER = Param("NUMBER", 4)
card = NIC("card", Poisson(ms(1)))


class Box(Struct):
    waits: i64 = atomic()
    n: i64 = atomic()


box = Box()
lock = Mutex("lock", IPL_NET)
came = Condvar("came")


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    item = card.pop()
    if item != 0:
        box.n += 1
        if (HOW == 0 and box.waits == 1) or (HOW == 1 and box.n == 3) or (HOW == 2 and item == NUMBER):
            with lock:
                cv_signal(came)


@thread(cpu=1)
def sleeper() -> None:
    with lock:
        box.waits = 1
        cv_wait(came, lock)
