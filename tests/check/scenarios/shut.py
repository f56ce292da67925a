"""A handler that tells its device to interrupt no more, and leaves what is there."""

from splx.scenario import *

card = NIC("card", Poisson(ms(1)), limit=1)


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    card.disable()
