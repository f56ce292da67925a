"""A1: a lock that an interrupt takes too, held without keeping that interrupt out.

The thread holds `lock` when the card interrupts on its CPU. The handler wants `lock`, and its owner is what it
interrupted. The knob is the level that the lock is declared with: MASKS=0 is one below its highest user.

Source: versity/scoutfs, pull request 313: a plain spin lock shared with a callback of a timer.
"""

from splx.scenario import *

MASKS = Param("MASKS", 1)
lock = Mutex("lock", IPL_AUDIO if MASKS == 1 else IPL_VM)
card = Audio("card", Poisson(ms(1)), limit=1)


@handler(card, IPL_AUDIO, mpsafe=True)
def card_intr() -> None:
    card.pop()
    with lock:
        pass


@thread(cpu=0)
def user() -> None:
    with lock:
        pass
