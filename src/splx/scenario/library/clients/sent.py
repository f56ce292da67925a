"""Soft interrupts for a CPU that is named: threads, and the handler of a card, send one to this CPU or to the other,
beside one of each CPU's own.

Whoever sends it says so in a word, which it clears when it runs, and a thread waits for that. It is of high importance,
so no tick is needed for it to run.
"""

from splx.lang.kernel import spin_while
from splx.scenario import (
    IPL_CLOCK,
    IPL_NET,
    IPL_SOFTNET,
    IPL_SOFTSERIAL,
    ClosedLoop,
    Disk,
    OneShot,
    Param,
    Struct,
    atomic,
    choose,
    handler,
    hardclock,
    i64,
    softint,
    softint_schedule,
    softint_schedule_cpu,
    thread,
    us,
)
from splx.scenario.meeting import meet

OPERATIONS = Param("operations", 0)  # by each thread; 0 any number
CPUS = Param("cpus", 2)
THREADS = Param("threads", 2)
WAYS = Param("ways", 3)  # 1: threads send to the other CPU alone; 2: or to their own; 3: or have the other one run
TICKS = Param("ticks", 0)  # 1: there is a tick of the last CPU
card = Disk("card", ClosedLoop(us(1)))
clock = OneShot("clock", cpu=CPUS - 1)


class Request(Struct):
    """Whether the one that is sent has something to do."""

    asked: i64 = atomic()


request = Request()


@handler(clock, IPL_CLOCK, mpsafe=True)
def clock_intr() -> None:
    """A tick."""
    clock.ack()
    hardclock()


@softint(IPL_SOFTSERIAL, mpsafe=True)
def urgent() -> None:
    """The one that is sent."""
    request.asked = 0


@softint(IPL_SOFTNET, mpsafe=True)
def local() -> None:
    """The other one."""


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    """Leave the rest to the other CPU."""
    if card.pop() != 0:
        card.submit()
        request.asked = 1
        softint_schedule_cpu(urgent, 1)


def user(me: int) -> None:
    """Choose, for ever."""
    if me <= CPUS:
        meet(min(THREADS, CPUS))
    if me == 1:
        card.submit()
        if TICKS == 1:
            clock.arm(us(1))
    left = OPERATIONS
    while OPERATIONS == 0 or left > 0:
        left -= int(OPERATIONS > 0)
        what = choose(WAYS)
        if what == 2:
            softint_schedule(local)
        else:
            request.asked = 1
            softint_schedule_cpu(urgent, (me + what) % CPUS)
            spin_while(request.asked != 0)


for n in range(THREADS):
    thread(f"user{n}", cpu=n % CPUS, arg=n + 1)(user)
