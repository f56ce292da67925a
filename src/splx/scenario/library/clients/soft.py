"""Soft interrupts: the handler of a card on CPU 0 schedules one that takes a lock of threads, and so does a thread.

Whoever schedules it says so in a word, which it clears when it runs; the thread waits for that, so no request is lost.
Where soft interrupts are threads they may block for the lock; where they are not, it spins at their level.
"""

from splx.lang.kernel import spin_while
from splx.scenario import (
    IPL_NET,
    IPL_SOFTNET,
    ClosedLoop,
    Disk,
    Mutex,
    Param,
    Struct,
    atomic,
    choose,
    guarded_by,
    handler,
    i64,
    mutex_enter,
    mutex_exit,
    optional,
    softint,
    softint_schedule,
    splraise,
    splx,
    thread,
    us,
)
from splx.scenario.meeting import meet

optional(splraise)
OPERATIONS = Param("operations", 0)  # by each thread; 0 any number
CPUS = Param("cpus", 2)
THREADS = Param("threads", 2)
card = Disk("card", ClosedLoop(us(1)))
lock = Mutex("lock", IPL_SOFTNET)


class Data(Struct):
    """Who is inside."""

    owner: i64 = guarded_by("lock")


class Request(Struct):
    """Whether the soft interrupt has something to do. CPU 0 alone."""

    asked: i64 = atomic()


data = Data()
request = Request()


def inside(me: int) -> None:
    """Be the only one."""
    data.owner = me
    assert data.owner == me, "two are inside"
    data.owner = 0


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    """Leave the rest to the soft interrupt."""
    if card.pop() != 0:
        card.submit()
        request.asked = 1
        softint_schedule(rest)


@softint(IPL_SOFTNET, mpsafe=True)
def rest() -> None:
    """Take the lock."""
    request.asked = 0
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
        if me != 1 or choose(2) == 0:
            mutex_enter(lock)
            inside(me)
            mutex_exit(lock)
        else:
            s = splraise(IPL_SOFTNET)
            request.asked = 1
            softint_schedule(rest)
            splx(s)
            spin_while(request.asked != 0)


for n in range(THREADS):
    thread(f"user{n}", cpu=n % CPUS, arg=n + 1)(user)
