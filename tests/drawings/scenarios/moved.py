"""A card whose line is sent to the other CPU."""

from splx.scenario import *

card = NIC("card", Poisson(ms(1)), trigger=EDGE, limit=2)


class Box(Struct):
    taken: i64


box = Box()


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    while card.pop() != 0:
        box.taken += 1


@thread(cpu=1)
def balancer() -> None:
    interrupt_distribute(card, 1)
