"""A handler that looks at memory first, and at its card only when something has been asked."""

from splx.lang.kernel import spin_while
from splx.scenario import *


class Box(Struct):
    asked: i64 = atomic()
    taken: i64 = atomic()


box = Box()
card = Disk("card", ClosedLoop(us(1)), trigger=EDGE)


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    if box.asked != 0:
        while card.pop() != 0:
            box.taken = 1


@thread(cpu=1)
def user() -> None:
    interrupt_distribute(card, 1)
    card.submit()
    box.asked = 1
    card.submit()
    spin_while(box.taken == 0)
