"""A line that is disabled: threads disable the line of a card and enable it again, while it interrupts.

From the end of `disable_irq` until a thread is about to enable the line no handler runs; of `disable_irq_nosync`
nothing is said but that it counts. What comes meanwhile comes when the line is open again: a thread waits for that, as
one that shuts the line again and again keeps its handler away for ever, and that is no fault of the kernel.
"""

from splx.lang.kernel import spin_while
from splx.machine.intrinsics import fetch_add
from splx.scenario import (
    EDGE,
    IPL_NET,
    LEVEL,
    ClosedLoop,
    Disk,
    Param,
    Struct,
    atomic,
    choose,
    disable_irq,
    disable_irq_nosync,
    enable_irq,
    handler,
    i64,
    interrupt_distribute,
    thread,
    us,
)
from splx.scenario.meeting import meet

OPERATIONS = Param("operations", 0)  # by each thread; 0 any number
CPUS = Param("cpus", 2)
THREADS = Param("threads", 2)
EDGES = Param("edges", 0)  # 1: the line is of edges
MOVES = Param("moves", 0)  # 1: it is sent to other CPUs as well
WAITS = Param("waits", 1)  # 0: a thread goes on at once: with so many operations
card = Disk("card", ClosedLoop(us(1)), trigger=EDGE if EDGES else LEVEL)


class Data(Struct):
    """How many threads know that no handler runs, and whether one waits for a handler."""

    shut: i64 = atomic()
    asked: i64 = atomic()


data = Data()


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    """Take what there is."""
    assert data.shut == 0, "the handler of a line begins that is disabled"
    data.asked = 0
    if card.pop() != 0:
        card.submit()
    assert data.shut == 0, "the handler of a line runs that is disabled"


if MOVES:

    def move() -> None:
        """Send the line somewhere."""
        interrupt_distribute(card, choose(CPUS))

else:

    def move() -> None:
        """Nothing."""


def user(me: int) -> None:
    """Choose, for ever."""
    if me <= CPUS:
        meet(min(THREADS, CPUS))
    if me == 1:
        card.submit()
    left = OPERATIONS
    while OPERATIONS == 0 or left > 0:
        left -= int(OPERATIONS > 0)
        if choose(2) == 0:
            disable_irq_nosync(card)
            move()
        else:
            disable_irq(card)
            fetch_add(data.shut, 1)
            move()
            fetch_add(data.shut, -1)
        data.asked = 1
        enable_irq(card)
        if WAITS == 1:
            spin_while(data.asked != 0)


for n in range(THREADS):
    thread(f"user{n}", cpu=(n + 1) % CPUS, arg=n + 1)(user)
