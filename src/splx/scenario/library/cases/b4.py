"""B4: an interrupt thread waits for what only its own level can bring.

`first` and `second` are softints of one level on one CPU, run one after the other by one thread. `first` waits until
`second` has run. The kernel forbids the wait and asserts it; without the assertion (mutant m17) the level is dead, and
with it whoever waits for `second`. WAITS=0 is the driver put right.

Source: Laight, tech-smp, 2006-12-02: if they may block they will; the rules of softint(9).
"""

from splx.lang.kernel import spin_while
from splx.scenario import *

WAITS = Param("WAITS", 1)


class Box(Struct):
    ready: i64 = atomic()


box = Box()
lock = Mutex("lock", IPL_SOFTNET)
ready = Condvar("ready")
card = NIC("card", Poisson(ms(1)), limit=1)


@softint(IPL_SOFTNET, mpsafe=True)
def first() -> None:
    if WAITS == 1:
        with lock:
            while box.ready == 0:
                cv_wait(ready, lock)


@softint(IPL_SOFTNET, mpsafe=True)
def second() -> None:
    with lock:
        box.ready = 1
        cv_signal(ready)


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    card.pop()
    softint_schedule(first)
    softint_schedule(second)


@thread(cpu=0)
def user() -> None:
    spin_while(box.ready == 0)
