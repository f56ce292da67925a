"""Items come for ever, and each is taken."""

from splx.scenario import *

card = NIC("card", Poisson(us(50)), cpu=0)


class Box(Struct):
    taken: i64 = atomic()


box = Box()


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    card.pop()
    box.taken = 1 - box.taken
