"""A card whose line a thread on another CPU disables for a moment."""

from splx.scenario import *

card = NIC("card", Poisson(ms(1)), limit=1)


class Box(Struct):
    open: i64 = atomic()


box = Box()


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    assert box.open == 0, "the line is disabled, and its handler runs"
    card.pop()


@thread(cpu=1)
def driver() -> None:
    disable_irq(card)
    box.open = 1
    box.open = 0
    enable_irq(card)
