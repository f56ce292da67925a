"""A line that tells of an edge, and a handler that takes one item for each interrupt, or all that there are."""

from splx.scenario import *

ALL = Param("ALL", 0)
card = NIC("card", Poisson(us(50)), trigger=EDGE)


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    item = card.pop()
    while item != 0 and ALL == 1:
        item = card.pop()
