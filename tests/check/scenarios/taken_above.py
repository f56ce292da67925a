"""A handler waits for what nobody does; another one, of a higher level, may be taken above it. HOW: 1 that does it."""

from splx.lang.kernel import spin_while
from splx.scenario import *

HOW = Param("HOW", 0)
card = NIC("card", Poisson(ms(1)), limit=1)
tick = NIC("tick", Poisson(ms(1)))


class Box(Struct):
    done: i64 = atomic()


box = Box()


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    card.pop()
    spin_while(box.done == 0)


@handler(tick, IPL_CLOCK, mpsafe=True)
def tick_intr() -> None:
    tick.pop()
    if HOW == 1:
        box.done = 1
