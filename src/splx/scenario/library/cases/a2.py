"""A2: two locks, one of them an interrupt's; under it the other is taken, which does not keep that interrupt out.

CPU 0 holds `entry` and waits for `table`. CPU 1 holds `table`, and the card's handler on top of it waits for `entry`.
No CPU takes the two the other way round: the interrupt does. The knob is the level of `table`.

Source: openwrt/openwrt, issue 13921: a report of lockdep about WireGuard.
"""

from splx.scenario import *

MASKS = Param("MASKS", 1)
entry = Mutex("entry", IPL_NET)
table = Mutex("table", IPL_NET if MASKS == 1 else IPL_BIO)
card = NIC("card", Poisson(ms(1)), cpu=1, limit=1)


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    card.pop()
    with entry:
        pass


@thread(cpu=0)
def both() -> None:
    with entry, table:
        pass


@thread(cpu=1)
def one() -> None:
    with table:
        pass
