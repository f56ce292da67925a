"""A card is disabled, and then its handler is REMOVED, or left there."""

from splx.scenario import *

REMOVED = Param("REMOVED", 1)
card = NIC("card", Poisson(ms(1)))


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    card.pop()


@thread()
def driver() -> None:
    card.disable()
    if REMOVED != 0:
        intr_disestablish(card)
