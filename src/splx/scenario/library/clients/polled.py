"""A card that a clock polls as well: threads, the handler of the card and whoever polls take a lock, and threads keep
the card quiet or let it interrupt.

A handler is at work once at a time, whoever calls it; it may wait for the lock while it is. What a quiet card has is
found when it is polled.
"""

from splx.scenario import (
    IPL_CLOCK,
    IPL_NET,
    ClosedLoop,
    Disk,
    Mutex,
    OneShot,
    Param,
    Struct,
    choose,
    guarded_by,
    handler,
    hardclock,
    i64,
    mutex_enter,
    mutex_exit,
    thread,
    us,
)
from splx.scenario.meeting import meet

OPERATIONS = Param("operations", 0)  # by each thread; 0 any number
CPUS = Param("cpus", 2)
THREADS = Param("threads", 2)
WHERE = Param("where", 0)  # the CPU of the first
card = Disk("card", ClosedLoop(us(1)))
clock = OneShot("clock", cpu=0)
lock = Mutex("lock", IPL_NET)


class Data(Struct):
    """Who is inside."""

    owner: i64 = guarded_by("lock")


class Card(Struct):
    """Whether its handler is at work. CPU 0 alone."""

    busy: i64


data = Data()
at = Card()


def inside(me: int) -> None:
    """Be the only one."""
    mutex_enter(lock)
    data.owner = me
    assert data.owner == me, "two are inside"
    data.owner = 0
    mutex_exit(lock)


@handler(clock, IPL_CLOCK, mpsafe=True)
def clock_intr() -> None:
    """A tick of CPU 0."""
    clock.ack()
    clock.arm(us(1))
    hardclock()


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    """Take what there is, if there is anything."""
    assert at.busy == 0, "a handler begins in the middle of itself"
    at.busy = 1
    inside(-1)
    if card.pop() != 0:
        card.submit()
    at.busy = 0


def user(me: int) -> None:
    """Choose, for ever."""
    if me <= CPUS:
        meet(min(THREADS, CPUS))
    if me == 1:
        card.submit()
        clock.arm(us(1))
    left = OPERATIONS
    while OPERATIONS == 0 or left > 0:
        left -= int(OPERATIONS > 0)
        what = choose(3)
        if what == 0:
            inside(me)
        elif what == 1:
            card.disable()
        else:
            card.enable()
    card.enable()


for n in range(THREADS):
    thread(f"user{n}", cpu=(n + WHERE) % CPUS, arg=n + 1)(user)
