"""A handler that is a thread, and the thread that it interrupts, take two locks in opposite orders."""

from splx.scenario import *

card = NIC("card", Poisson(ms(1)), limit=1)
a = Mutex("a", IPL_NET)
b = Mutex("b", IPL_NET)


@handler(card, IPL_NET, mpsafe=True)
def rx() -> None:
    card.pop()
    with a, b:
        pass


@thread(cpu=0)
def user() -> None:
    with b, a:
        pass
