"""A thread that never gives up a lock, and a handler that wants it."""

from splx.scenario import *

lock = Mutex("lock", IPL_NET)
card = NIC("card", Poisson(ms(1)), limit=1)


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    card.pop()
    with lock:
        pass


@thread(cpu=0)
def owner() -> None:
    with lock:
        while True:
            pass
