"""A card whose line is asserted as long as something waits, and a handler that leaves that to a thread.

WHO takes it: the HANDLER; a thread HERE, on the CPU that the card interrupts; or THERE, on another one.
"""

from splx.lang.kernel import spin_while
from splx.scenario import *

HANDLER, HERE, THERE = range(3)
WHO = Param("WHO", HERE)
card = NIC("card", Poisson(ms(1)), limit=1)


class Box(Struct):
    asked: i64 = atomic()


box = Box()


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    if WHO == HANDLER:
        card.pop()
    box.asked = 1


@thread(cpu=1 if WHO == THERE else 0)
def taker() -> None:
    spin_while(box.asked == 0)
    if WHO != HANDLER:
        card.pop()
