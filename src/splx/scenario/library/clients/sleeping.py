"""A lock of threads: adaptive, or sleeping. Threads on two CPUs take it or try, and give way; a handler comes on CPU 0.

What is asked is whether anybody else was inside meanwhile; of a lock that does not last while its owner gives way, only
whether anybody is afterwards. No handler may take such a lock: this one only interrupts whoever does.
"""

from splx.scenario import (
    IPL_NET,
    ClosedLoop,
    Disk,
    Mutex,
    Param,
    Struct,
    choose,
    guarded_by,
    handler,
    i64,
    mutex_enter,
    mutex_exit,
    mutex_tryenter,
    thread,
    us,
    yield_,
)
from splx.scenario.meeting import meet

OPERATIONS = Param("operations", 1)  # by each thread; 0 any number
CPUS = Param("cpus", 2)
THREADS = Param("threads", 3)
TRIES = Param("tries", 1)  # 0: nobody tries
KEPT = Param("kept", 1)  # 0: a lock does not last while its owner gives way
card = Disk("card", ClosedLoop(us(1)))
lock = Mutex("lock")


class Data(Struct):
    """Who is inside."""

    owner: i64 = guarded_by("lock")


data = Data()


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    """Come, and come again."""
    if card.pop() != 0:
        card.submit()


def user(me: int) -> None:
    """Choose, for ever."""
    if me <= CPUS:
        meet(min(THREADS, CPUS))
    if me == 1:
        card.submit()
    left = OPERATIONS
    while OPERATIONS == 0 or left > 0:
        left -= int(OPERATIONS > 0)
        what = choose(2 + TRIES)
        taken = False
        if what == 1:
            mutex_enter(lock)
            taken = True
        elif what == 2:
            taken = mutex_tryenter(lock)
        if taken and KEPT == 1:
            data.owner = me
        if choose(2) == 1:
            yield_()
        if taken:
            if KEPT == 0:
                data.owner = me
            assert data.owner == me, "two are inside"
            data.owner = 0
            mutex_exit(lock)


for n in range(THREADS):
    thread(f"user{n}", cpu=n % CPUS, arg=n + 1)(user)
