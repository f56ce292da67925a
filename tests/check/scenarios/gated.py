"""A thread that waits for a card behind the gate of the card's work loop, which it has closed twice; and another that
closes it, too.
"""

from splx.scenario import *

card = NIC("card", Poisson(ms(1)), limit=1)
done = Condvar("done")


class Box(Struct):
    came: i64


box = Box()


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    card.pop()
    box.came = 1
    wakeup_gate(done)


@thread(cpu=0)
def caller() -> None:
    close_gate(card)
    close_gate(card)
    while box.came == 0:
        sleep_gate(card, done)
    open_gate(card)
    open_gate(card)
