"""A variable of which each CPU has its own, and to which a thread and a handler add. HOW they are kept apart: NOT, by a
level RAISED, or on two CPUs, APART.
"""

from splx.scenario import *

NOT, RAISED, APART = range(3)
HOW = Param("HOW", NOT)
card = NIC("card", Poisson(ms(1)), limit=1)


class Counts(PerCpu):
    packets: i64


counts = Counts()


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    card.pop()
    counts.packets += 1


@thread(cpu=1 if HOW == APART else 0)
def user() -> None:
    s = splraise(IPL_NET if HOW == RAISED else IPL_NONE)
    counts.packets += 1
    splx(s)
