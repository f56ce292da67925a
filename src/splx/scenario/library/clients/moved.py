"""A line that is moved: threads send the line of a card to one CPU and to the other, while it interrupts.

The card has one request at a time, and the handler asks for the next one when it has taken what came of the last: an
interrupt that is lost, or comes to a CPU that leaves it at that, ends everything. The handler takes a lock, as there
are kernels in which two CPUs may run it at once.
"""

from splx.scenario import (
    EDGE,
    IPL_NET,
    LEVEL,
    ClosedLoop,
    Disk,
    Mutex,
    Param,
    Struct,
    choose,
    guarded_by,
    handler,
    i64,
    interrupt_distribute,
    mutex_enter,
    mutex_exit,
    thread,
    us,
)
from splx.scenario.meeting import meet

OPERATIONS = Param("operations", 0)  # by each thread; 0 any number
CPUS = Param("cpus", 2)
THREADS = Param("threads", 2)
EDGES = Param("edges", 1)  # 0: the line is level-triggered
card = Disk("card", ClosedLoop(us(1)), trigger=EDGE if EDGES else LEVEL)
lock = Mutex("lock", IPL_NET)


class Data(Struct):
    """Who is inside."""

    owner: i64 = guarded_by("lock")


data = Data()


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    """Take what there is."""
    mutex_enter(lock)
    data.owner = 1
    if card.pop() != 0:
        card.submit()
    assert data.owner == 1, "two are inside"
    data.owner = 0
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
        interrupt_distribute(card, choose(CPUS))


for n in range(THREADS):
    thread(f"user{n}", cpu=(n + 1) % CPUS, arg=n + 1)(user)
