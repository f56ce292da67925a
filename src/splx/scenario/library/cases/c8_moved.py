"""C8_MOVED: a request from another CPU, while the last one is being dealt with.

The card's line is sent to the other CPU while the interrupt thread is at the handler, or goes to sleep. The filter
counts items, in the interrupt, and the thread's handler takes what was counted. Mutant c8-look looks whether the thread
waits before it says that it is needed. In mutant c8-relaxed the thread says that it is needed no more by a plain store:
that waits in a buffer, under TSO alone, while the handler looks, and wipes out what the interrupt says meanwhile. The
store of the interrupt is a plain one: the lock of the thread, which it takes next, waits for it.

Source: FreeBSD sys/kern/kern_intr.c, `it_need`, and the comments on its order in ithread_loop and
intr_event_schedule_thread.
"""

from splx.lang.kernel import spin_while
from splx.machine.intrinsics import fetch_add
from splx.scenario import *


class Box(Struct):
    new: i64 = atomic()
    taken: i64 = atomic()


box = Box()
card = NIC("card", Poisson(ms(1)), limit=2, trigger=EDGE)


def card_filter() -> bool:
    while card.pop() != 0:
        fetch_add(box.new, 1)
    return True


@handler(card, IPL_NET, mpsafe=True, filter=card_filter)
def card_intr() -> None:
    box.taken = box.new


@thread(cpu=1)
def balancer() -> None:
    interrupt_distribute(card, 1)
    spin_while(box.taken < 2)
