"""B5_AGAIN: a second interrupt thread of a level, and a handler that is in the middle of itself.

The card's handler waits for a lock when the next edge of its line comes. The level is open, as it has another thread,
but that one must not begin the handler again: the line waits for the thread that is at it, which runs the handler once
more. Mutant pool-again gives it to the other thread.

Source: Linux kernel/irq/chip.c, handle_edge_irq: a line in progress is noted, and whoever is at it goes round again.
"""

from splx.scenario import *

lock = Mutex("lock", IPL_NET)
card = NIC("card", Poisson(ms(1)), trigger=EDGE, limit=2)


class Box(Struct):
    inside: i64


box = Box()


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    card.pop()
    assert box.inside == 0, "the handler is in the middle of itself"
    box.inside = 1
    with lock:
        pass
    box.inside = 0


@thread(cpu=0)
def owner() -> None:
    with lock:
        work(us(1))
