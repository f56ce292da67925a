"""A lock for readers or one writer: threads on two CPUs take it either way, or try, go from writing to reading, and
give way. No handler may take such a lock: the one on CPU 0 only interrupts whoever does.
"""

from splx.scenario import (
    IPL_NET,
    RW_WRITER,
    ClosedLoop,
    Disk,
    Param,
    RWLock,
    Struct,
    choose,
    guarded_by,
    handler,
    i64,
    rw_downgrade,
    rw_enter,
    rw_exit,
    rw_tryenter,
    thread,
    us,
    yield_,
)
from splx.scenario.meeting import meet

OPERATIONS = Param("operations", 1)  # by each thread; 0 any number
CPUS = Param("cpus", 2)
THREADS = Param("threads", 3)
TRIES = Param("tries", 1)  # 0: nobody tries, or goes from writing to reading
COMES = Param("comes", 0)  # 1: the card interrupts
card = Disk("card", ClosedLoop(us(1)))
table = RWLock("table")


class Data(Struct):
    """Who writes."""

    owner: i64 = guarded_by("table")


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
    if COMES == 1 and me == 1:
        card.submit()
    left = OPERATIONS
    while OPERATIONS == 0 or left > 0:
        left -= int(OPERATIONS > 0)
        op = choose(2)
        taken = True
        if TRIES == 1 and choose(2) == 1:
            taken = rw_tryenter(table, op)
        else:
            rw_enter(table, op)
        if taken:
            assert data.owner == 0, "a writer is inside"
            if op == RW_WRITER:
                data.owner = me
            if choose(2) == 1:
                yield_()
            if op == RW_WRITER:
                assert data.owner == me, "two are inside"
                data.owner = 0
                if TRIES == 1 and choose(2) == 1:
                    rw_downgrade(table)
                    assert data.owner == 0, "a writer is beside a reader"
            assert data.owner == 0, "a writer is beside a reader"
            rw_exit(table)


for n in range(THREADS):
    thread(f"user{n}", cpu=n % CPUS, arg=n + 1)(user)
