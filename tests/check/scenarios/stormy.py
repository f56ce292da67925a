"""A card that has some items and a handler that takes one at a time, and a clock."""

from splx.scenario import *

ITEMS = Param("ITEMS", 4)
card = NIC("card", Poisson(ms(1)), limit=ITEMS, ring=ITEMS, trigger=LEVEL)
clock = Clock("clock", Periodic(ms(1)))


@handler(clock, IPL_CLOCK, mpsafe=True)
def tick() -> None:
    clock.ack()
    hardclock()


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    card.pop()
