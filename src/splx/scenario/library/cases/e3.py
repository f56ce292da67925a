"""E3: a line that nobody quiets.

The card's handler does not find what it looks for and returns, and the line is asserted still. The knob: HANDLED=0.
The cure is a kernel that counts interrupts that nobody wanted and shuts their line (linux:irqdebug): the storm ends,
and what remains is that the card is never heard again.

Source: freebsd-hackers, 2008-07, message 025222; slimbootloader, issue 603.
"""

from splx.scenario import *

HANDLED = Param("HANDLED", 1)
card = NIC("card", Poisson(ms(1)), limit=1)


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    if HANDLED == 1:
        card.pop()
    else:
        intr_stray()


@thread(cpu=0)
def user() -> None:
    work(us(1))
