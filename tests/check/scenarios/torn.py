"""A plain word that a thread and a handler of its CPU add to. HOW they are kept apart: NOT, LOCK, by a level RAISED.

READS: the handler only reads it. COPY: the thread adds in two statements. TAKE, MOVE: it takes what is there, or moves
it. TEST: it only looks whether there is something. BOTH: both set it to one constant; BACK: the handler puts back what
was there; LATER: the thread has written it itself since it read it. NEST: the handler adds one and takes it off again.
"""

from splx.scenario import *

NOT, LOCK, RAISED, READS, COPY, TAKE, MOVE, TEST, BOTH, BACK, LATER, NEST = range(12)
HOW = Param("HOW", NOT)
lock = Mutex("lock", IPL_NET)
card = NIC("card", Poisson(ms(1)), limit=1)


class Box(Struct):
    count: i64
    seen: i64
    left: i64


box = Box()


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    card.pop()
    if HOW == LOCK:
        mutex_enter(lock)
    if HOW == READS:
        box.seen = box.count
    elif HOW == BOTH:
        box.count = 7
    elif HOW == BACK:
        before = box.count
        box.count = 5
        box.seen = 1
        box.count = before
    elif HOW == NEST:
        box.count += 1
        box.seen = 1
        box.count -= 1
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
    elif HOW == TAKE or HOW == BACK:  # noqa: PLR1714, SIM109
        count = box.count
        box.count = 0
        box.left = count
    elif HOW == MOVE:
        box.left += box.count
        box.count = 0
    elif HOW == TEST:
        if box.count != 0:
            box.count = 0
    elif HOW == BOTH:
        count = box.count
        box.count = 7
        box.left = count
    elif HOW == LATER:
        count = box.count
        box.count = 1
        box.count = 0
        box.left = count
    else:
        box.count += 1
    if HOW == LOCK:
        mutex_exit(lock)
