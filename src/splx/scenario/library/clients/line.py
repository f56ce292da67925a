"""A lock that the handler of a card and threads take: as the design has it, a level and a spin, or a lock of threads.

Where the handler is an interrupt thread it blocks for the lock, on top of the thread that holds it perhaps, and lends
it its priority.
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
)
from splx.scenario.meeting import meet

OPERATIONS = Param("operations", 0)  # by each thread; 0 any number
CPUS = Param("cpus", 2)
THREADS = Param("threads", 2)
card = Disk("card", ClosedLoop(us(1)))
lock = Mutex("lock", IPL_NET)


class Data(Struct):
    """Who is inside."""

    owner: i64 = guarded_by("lock")


data = Data()


def inside(me: int) -> None:
    """Be the only one."""
    data.owner = me
    assert data.owner == me, "two are inside"
    data.owner = 0


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    """Take the lock."""
    if card.pop() != 0:
        card.submit()
        mutex_enter(lock)
        inside(3)
        mutex_exit(lock)


def user(me: int) -> None:
    """Choose, for ever."""
    if me <= CPUS:
        meet(min(THREADS, CPUS))
    if me == 1:
        card.submit()
    left = OPERATIONS
    while OPERATIONS == 0 or left > 0:
        left -= int(OPERATIONS > 0)
        taken = True
        if choose(2) == 0:
            mutex_enter(lock)
        else:
            taken = mutex_tryenter(lock)
        if taken:
            inside(me)
            mutex_exit(lock)


for n in range(THREADS):
    thread(f"user{n}", cpu=n % CPUS, arg=n + 1)(user)
