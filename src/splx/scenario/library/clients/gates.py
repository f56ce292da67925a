"""The gate of a card's work loop: threads close it, once or twice, and sleep behind it for what the card brings.

The handler has the gate as well. It wakes who sleeps, and so does a thread that has not closed the gate, which may come
at any time. Whoever is behind the gate is alone there, and who has slept goes on behind it. With `timed` a thread may
sleep until the next tick of a clock at the most.
"""

from splx.scenario import (
    EWOULDBLOCK,
    IPL_CLOCK,
    IPL_NET,
    ClosedLoop,
    Condvar,
    Disk,
    OneShot,
    Param,
    Struct,
    choose,
    close_gate,
    handler,
    hardclock,
    i64,
    open_gate,
    sleep_gate,
    sleep_gate_deadline,
    thread,
    us,
    wakeup_gate,
)
from splx.scenario.meeting import meet

OPERATIONS = Param("operations", 0)  # by each thread; 0 any number
CPUS = Param("cpus", 2)
THREADS = Param("threads", 2)
WHERE = Param("where", 0)  # the CPU of the first
DEEP = Param("deep", 2)  # how often a thread closes the gate at most
TIMED = Param("timed", 0)  # 1: they may wait for the card until the next tick
card = Disk("card", ClosedLoop(us(1)))
done = Condvar("done")


class Data(Struct):
    """Who is inside, and whether the card has something to do. Behind the gate."""

    owner: i64
    asked: i64


data = Data()


def inside(me: int) -> None:
    """Be the only one."""
    data.owner = me
    assert data.owner == me, "two are behind the gate"
    data.owner = 0


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    """Take what came, and say so."""
    inside(-1)
    if card.pop() != 0:
        data.asked = 0
        wakeup_gate(done)


if TIMED:
    clock = OneShot("clock")

    @handler(clock, IPL_CLOCK, mpsafe=True)
    def clock_intr() -> None:
        """A tick."""
        clock.ack()
        begin()
        hardclock()

    def begin() -> None:
        """The next tick."""
        clock.arm(us(1))

else:

    def begin() -> None:
        """Nothing: time does not pass."""


def wait(me: int) -> None:
    """Until the card has brought what was asked for."""
    while data.asked != 0:
        sleep_gate(card, done)
        inside(me)


def wait_in_time(me: int) -> None:
    """That, or until the time is over."""
    late = 0
    if choose(2) == 0:
        wait(me)
    while data.asked != 0 and late == 0:
        late = sleep_gate_deadline(card, done, 1)
        assert (late == 0) != (late == EWOULDBLOCK), "neither woken nor late"
        inside(me)


waiting = wait_in_time if TIMED else wait


def user(me: int) -> None:
    """Choose, for ever."""
    if me <= CPUS:
        meet(min(THREADS, CPUS))
    if me == 1:
        begin()
    left = OPERATIONS
    while OPERATIONS == 0 or left > 0:
        left -= int(OPERATIONS > 0)
        what = choose(3)
        if what == 0:
            wakeup_gate(done)
        else:
            deep = 1 + choose(DEEP)
            for _ in range(deep):
                close_gate(card)
            inside(me)
            if what == 1:
                if data.asked == 0:
                    data.asked = 1
                    card.submit()
                waiting(me)
            for _ in range(deep):
                open_gate(card)


for n in range(THREADS):
    thread(f"user{n}", cpu=(n + WHERE) % CPUS, arg=n + 1)(user)
