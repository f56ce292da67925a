"""A plain word that a thread and a handler of its CPU add to. HOW they are kept apart: NOT, LOCK, by a level RAISED.

READS: the handler only reads it. COPY: the thread adds in two statements.
"""

from splx.scenario import *

NOT, LOCK, RAISED, READS, COPY = range(5)
HOW = Param("HOW", NOT)
lock = Mutex("lock", IPL_NET)
card = NIC("card", Poisson(ms(1)), limit=1)


class Box(Struct):
    count: i64
    seen: i64


box = Box()


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    card.pop()
    if HOW == LOCK:
        mutex_enter(lock)
    if HOW == READS:
        box.seen = box.count
    else:
        box.count += 1
    if HOW == LOCK:
        mutex_exit(lock)


@thread(cpu=0)
def user() -> None:
    if HOW == LOCK:
        mutex_enter(lock)
    if HOW == RAISED:
        s = splraise(IPL_NET)
        box.count += 1
        splx(s)
    elif HOW == COPY:
        count = box.count
        box.count = 2 * count
    else:
        box.count += 1
    if HOW == LOCK:
        mutex_exit(lock)
