"""E4: an interrupt thread is woken, and its line is open.

A level-triggered line is asserted until the card's handler has looked, and the handler runs in a thread. Whoever does
not mask the line meanwhile is interrupted again at once, for ever. The knob: mutants e4, e4-event, e4-oneshot and
e4-ist do not mask it.

Source: Linux kernel/irq/manage.c, which refuses a threaded handler of a level-triggered line without IRQF_ONESHOT.
"""

from splx.scenario import *

card = NIC("card", Poisson(ms(1)), limit=1)


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    card.pop()


@thread(cpu=0)
def user() -> None:
    work(us(1))
