"""E3: a line that nobody quiets.

The card's handler does not find what it looks for and returns, and the line is asserted still. The knob: HANDLED=0.
No kernel here counts interrupts that nobody wanted, which would be the cure: the storm has no end.

Source: freebsd-hackers, 2008-07, message 025222; slimbootloader, issue 603.
"""

from splx.scenario import *

HANDLED = Param("HANDLED", 1)
card = NIC("card", Poisson(ms(1)), limit=1)


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    if HANDLED == 1:
        card.pop()


@thread(cpu=0)
def user() -> None:
    work(us(1))
