"""A stock of like items: threads take one, wait for one or go without, give way, and give it back; and so does a card.

There are never more out than there are. Who waits has one afterwards.
"""

from splx.machine.intrinsics import fetch_add
from splx.scenario import (
    IPL_NET,
    PR_NOWAIT,
    PR_WAITOK,
    ClosedLoop,
    Disk,
    Param,
    Pool,
    Struct,
    atomic,
    choose,
    handler,
    i64,
    pool_get,
    pool_put,
    thread,
    us,
    yield_,
)
from splx.scenario.meeting import meet

OPERATIONS = Param("operations", 1)  # by each thread; 0 any number
CPUS = Param("cpus", 2)
THREADS = Param("threads", 3)
ITEMS = Param("items", 1)
card = Disk("card", ClosedLoop(us(1)))
stock = Pool("stock", ITEMS, IPL_NET)


class Data(Struct):
    """How many are out."""

    out: i64 = atomic()


data = Data()


def use(item: int) -> None:
    """Be one of those who have an item."""
    fetch_add(data.out, 1)
    assert item > 0, "an item that is none"
    assert data.out <= ITEMS, "more are out than there are"


def back(item: int) -> None:
    """Give it back."""
    fetch_add(data.out, -1)
    pool_put(stock, item)


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    """Take one if there is one."""
    if card.pop() != 0:
        card.submit()
        item = pool_get(stock, PR_NOWAIT)
        if item > 0:
            use(item)
            back(item)


def user(me: int) -> None:
    """Choose, for ever."""
    if me <= CPUS:
        meet(min(THREADS, CPUS))
    if me == 1:
        card.submit()
    left = OPERATIONS
    while OPERATIONS == 0 or left > 0:
        left -= int(OPERATIONS > 0)
        waits = choose(2) == 1
        item = 0
        if waits:
            item = pool_get(stock, PR_WAITOK)
        else:
            item = pool_get(stock, PR_NOWAIT)
        if waits or item > 0:
            use(item)
            if choose(2) == 1:
                yield_()
            back(item)


for n in range(THREADS):
    thread(f"user{n}", cpu=n % CPUS, arg=n + 1)(user)
