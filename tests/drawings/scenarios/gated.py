"""A thread that waits for a card behind the gate of the card's work loop."""

from splx.scenario import *

card = NIC("card", Never())
done = Condvar("done")


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    card.pop()
    wakeup_gate(done)


@thread(cpu=0)
def caller() -> None:
    close_gate(card)
    sleep_gate(card, done)
    open_gate(card)
