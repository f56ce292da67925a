"""A card whose handler does not know it."""

from splx.scenario import *

card = NIC("card", Never(), trigger=LEVEL)


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    intr_stray()
