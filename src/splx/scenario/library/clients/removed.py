"""A handler that is removed from the line of a card, which two handlers share, while the card interrupts.

Threads choose whether the card is to interrupt once more, and one of them, when, to remove the handler. When that is
done the handler is neither begun nor at work. It is a filter where there are such.
"""

from splx.machine.intrinsics import swap
from splx.scenario import (
    IPL_NET,
    IPL_SERIAL,
    LEVEL,
    ClosedLoop,
    Disk,
    Never,
    Param,
    Struct,
    atomic,
    choose,
    handler,
    i64,
    intr_disestablish,
    thread,
    us,
)
from splx.scenario.meeting import meet

OPERATIONS = Param("operations", 0)  # by each thread; 0 any number
CPUS = Param("cpus", 2)
THREADS = Param("threads", 2)
FILTERS = Param("filters", 1)  # 0: the line has a thread
OF = IPL_SERIAL if FILTERS else IPL_NET
card = Disk("card", ClosedLoop(us(1)), trigger=LEVEL, irq="line")
other = Disk("other", Never(), trigger=LEVEL, irq="line")


class Data(Struct):
    """Whether somebody has begun to remove the handler, and whether it is gone."""

    begun: i64 = atomic()
    gone: i64 = atomic()


data = Data()


@handler(other, OF, mpsafe=True)
def other_intr() -> None:
    """It has nothing to take."""
    assert data.gone == 0, "a handler begins that was removed"
    assert data.gone == 0, "a handler runs that was removed"


@handler(card, OF, mpsafe=True)
def card_intr() -> None:
    """Take what there is."""
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
        if choose(2) == 0 and swap(data.begun, 1) == 0:
            intr_disestablish(other)
            data.gone = 1


for n in range(THREADS):
    thread(f"user{n}", cpu=(n + 1) % CPUS, arg=n + 1)(user)
