"""C8: a request that comes while the last one is being dealt with.

The card counts an item and schedules a softint, which takes all that was counted. If the softint counts as pending
until it returns (mutant c8), an item that comes after it has looked schedules nothing. `user` waits for both items.
An interrupt thread is asked for in the same way, and the card's interrupts, which are edges, come while it runs.

Source: FreeBSD sys/kern/kern_intr.c, `it_need`: cleared before the handlers run. NetBSD sys/kern/kern_softint.c.
"""

from splx.lang.kernel import spin_while
from splx.machine.intrinsics import fetch_add, swap
from splx.scenario import *

ITEMS = Param("ITEMS", 1)


class Box(Struct):
    new: i64 = atomic()
    taken: i64 = atomic()


box = Box()
card = NIC("card", Poisson(ms(1)), limit=ITEMS, trigger=EDGE)


@softint(IPL_SOFTNET, mpsafe=True)
def take() -> None:
    fetch_add(box.taken, swap(box.new, 0))


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    while card.pop() != 0:
        fetch_add(box.new, 1)
    softint_schedule(take)


@thread(cpu=0)
def user() -> None:
    kpreempt_disable()
    fetch_add(box.new, 1)
    softint_schedule(take)
    kpreempt_enable()
    spin_while(box.taken < 1 + ITEMS)
