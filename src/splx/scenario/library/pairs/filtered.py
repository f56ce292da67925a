"""A card whose handler has a filter, or has none: the filter takes three items of four itself."""

from splx.scenario import *

FILTER = Param("filter", 1)
card = NIC("card", Periodic(us(20)), trigger=LEVEL)


def card_filter(dev: NIC) -> bool:
    return dev.pop() % 4 == 3


def card_intr(dev: NIC) -> None:
    while dev.pop() != 0:
        pass


if FILTER:
    handler(card, IPL_NET, mpsafe=True, arg=card, filter=card_filter)(card_intr)
else:
    handler(card, IPL_NET, mpsafe=True, arg=card)(card_intr)
