"""Memory is cleared in the kernel by threads on two CPUs, in one long call, while a card interrupts.

A call that is cut short goes on where it was, and the card is heard.
"""

from splx.scenario import IPL_NET, ClosedLoop, Disk, Param, choose, handler, kmem_zero, ns, thread, us
from splx.scenario.meeting import meet

OPERATIONS = Param("operations", 0)  # by each thread; 0 any number
CPUS = Param("cpus", 2)
THREADS = Param("threads", 2)
PIECES = Param("pieces", 3)  # at most, in one call
card = Disk("card", ClosedLoop(us(1)))


@handler(card, IPL_NET, mpsafe=True)
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
        kmem_zero(1 + choose(PIECES), ns(100))


for n in range(THREADS):
    thread(f"user{n}", cpu=n % CPUS, arg=n + 1)(user)
