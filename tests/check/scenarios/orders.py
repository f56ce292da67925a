"""Two locks in two orders, by threads and handlers that never meet: `two` begins when the other is through.

HOW: APART two threads; GATE both hold a third lock; TRIES the second one tries; SAME one order; HANDLER the second lock
is a handler's, which comes in on top of `one`; MASKED and is kept out. CLOSES: as APART, and they meet.
"""

from splx.lang.kernel import spin_while
from splx.scenario import *

APART, GATE, TRIES, SAME, HANDLER, MASKED = range(6)
CLOSES = -1
HOW = Param("HOW", APART)
gate = Mutex("gate", IPL_VM)
a = Mutex("a", IPL_AUDIO if HOW == MASKED else IPL_VM)
b = Mutex("b", IPL_AUDIO if HOW >= HANDLER else IPL_VM)
card = Audio("card", Poisson(ms(1)), limit=1 if HOW >= HANDLER else 0)


class Box(Struct):
    done: i64 = atomic()


box = Box()


@handler(card, IPL_AUDIO, mpsafe=True)
def card_intr() -> None:
    card.pop()
    with b:
        pass
    box.done = 1


@thread(cpu=0)
def one() -> None:
    if HOW == GATE:
        mutex_enter(gate)
    with a:
        if HOW < HANDLER:
            with b:
                pass
    if HOW == GATE:
        mutex_exit(gate)
    if HOW < HANDLER:
        box.done = 1


@thread(cpu=1)
def two() -> None:
    if HOW != CLOSES:
        spin_while(box.done == 0)
    if HOW == SAME:
        with a, b:
            pass
        return
    if HOW == GATE:
        mutex_enter(gate)
    mutex_enter(b)
    if HOW == TRIES:
        if mutex_tryenter(a):
            mutex_exit(a)
    else:
        mutex_enter(a)
        mutex_exit(a)
    mutex_exit(b)
    if HOW == GATE:
        mutex_exit(gate)
