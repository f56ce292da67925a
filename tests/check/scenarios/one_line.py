"""Two cards on one line, which follows its wire: the FIRST has nothing to say, the second has, and its handler FORGETS
it, or its driver REMOVES it while the card may still interrupt.
"""

from splx.scenario import *

FORGETS, REMOVES = range(2)
HOW = Param("HOW", FORGETS)
first = NIC("first", Never(), irq="line", trigger=LEVEL)
second = NIC("second", Poisson(ms(1)), irq="line", trigger=LEVEL)


@handler(first, IPL_NET, mpsafe=True)
def first_intr() -> None:
    first.pop()


@handler(second, IPL_NET, mpsafe=True)
def second_intr() -> None:
    if HOW == REMOVES:
        second.pop()


if HOW == REMOVES:

    @thread()
    def driver() -> None:
        intr_disestablish(second)
