"""C2_MASK: look, then sleep; the wakeup is an interrupt, which comes between the two.

`taker` sees that the box is empty. The card's handler fills it and signals, to nobody. `taker` sleeps. The knob is what
it does from the look until it sleeps: nothing (MASK=none), disable preemption, which keeps no interrupt away
(MASK=preempt), or raise the level (MASK=irq), as kernels did whose only lock was the level.

Source: mimiker, issue 668: what disables preemption does not disable interrupts; unikraft/unikraft, pull request 427.
"""

from splx.scenario import *

MASK = Param("MASK", "irq")
PREEMPT, RAISE = int(MASK == "preempt"), int(MASK == "irq")


class Box(Struct):
    full: i64 = atomic()


box = Box()
lock = Mutex("lock", IPL_NET)
filled = Condvar("filled")
card = NIC("card", Poisson(ms(1)), limit=1)


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    card.pop()
    with lock:
        box.full = 1
        cv_signal(filled)


def wait() -> None:
    if box.full == 0:
        with lock:
            cv_wait(filled, lock)


@thread(cpu=0)
def taker() -> None:
    if RAISE == 1:
        s = splnet()
        wait()
        splx(s)
    elif PREEMPT == 1:
        kpreempt_disable()
        wait()
        kpreempt_enable()
    else:
        wait()
