"""A2_ORDER: two locks in a circle by way of an interrupt, and no run in which it closes.

As in A2, CPU 0 takes `table` under `entry`, and on CPU 1 the card's handler takes `entry` on top of a thread with
`table`. But CPU 0 begins when the one interrupt that comes is through, so nobody ever waits for ever; with a second
card, or a second interrupt, they would. A search for deadlocks holds. The order in which locks were taken does not
fit together, and that is told. The knob is the level of `table`.

Source: openwrt/openwrt, issue 13921: a report of lockdep about WireGuard, from a run in which nothing hung.
"""

from splx.lang.kernel import spin_while
from splx.scenario import *

MASKS = Param("MASKS", 1)
entry = Mutex("entry", IPL_NET)
table = Mutex("table", IPL_NET if MASKS == 1 else IPL_BIO)
card = NIC("card", Poisson(ms(1)), cpu=1, limit=1)


class Box(Struct):
    through: i64 = atomic()


box = Box()


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    card.pop()
    with entry:
        pass
    box.through = 1


@thread(cpu=0)
def both() -> None:
    spin_while(box.through == 0)
    with entry, table:
        pass


@thread(cpu=1)
def one() -> None:
    with table:
        pass
