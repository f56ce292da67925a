"""Three tasklets on one list, which the handler of a card and a thread of CPU 0 schedule.

Whoever schedules them says so in a word of each, which it clears; the thread waits for all of them, so none is lost
that stands behind another. With `off` threads of two CPUs disable the first instead, both at once perhaps: it does not
run while either has it disabled.
"""

from splx.lang.kernel import spin_while
from splx.machine.intrinsics import fetch_add
from splx.scenario import (
    IPL_NET,
    PRI_USER,
    PRI_USER_RT,
    Array,
    ClosedLoop,
    Disk,
    Param,
    Struct,
    array,
    atomic,
    choose,
    handler,
    i64,
    tasklet,
    tasklet_disable,
    tasklet_disable_nosync,
    tasklet_enable,
    tasklet_hi_schedule,
    tasklet_schedule,
    thread,
    us,
    user_enter,
    user_leave,
)
from splx.scenario.meeting import meet

OPERATIONS = Param("operations", 1)  # by each thread; 0 any number
OFF = Param("off", 0)  # 1: a thread of either CPU disables the first, and nobody waits
CPUS = 1 + OFF
card = Disk("card", ClosedLoop(us(1)))


class Data(Struct):
    """Of each whether it has something to do, and runs, and by how many threads the first is disabled."""

    asked: Array[i64] = array(3, atomic())
    runs: Array[i64] = array(3, atomic())
    off: i64 = atomic()


data = Data()


def serve(n: int) -> None:
    """What all do."""
    assert data.runs[n] == 0, "a tasklet runs twice"
    data.runs[n] = 1
    data.asked[n] = 0
    if n == 0:
        assert data.off == 0, "a tasklet runs that is disabled"
    data.runs[n] = 0


@tasklet()
def one() -> None:
    """The first."""
    serve(0)


@tasklet()
def two() -> None:
    """The second."""
    serve(1)


@tasklet()
def three() -> None:
    """The third."""
    serve(2)


if OFF:

    def ask() -> None:
        """Schedule the first."""
        tasklet_schedule(one)

    def use() -> None:
        """Keep it from running for a moment."""
        if choose(2) == 0:
            tasklet_disable_nosync(one)
        else:
            tasklet_disable(one)
            fetch_add(data.off, 1)
            fetch_add(data.off, -1)
        tasklet_enable(one)

else:

    def ask() -> None:
        """Schedule all of them."""
        for each in range(3):
            data.asked[each] = 1
        if choose(2) == 0:
            tasklet_schedule(one)
            tasklet_schedule(two)
            tasklet_schedule(three)
        else:
            tasklet_hi_schedule(three)
            tasklet_hi_schedule(two)
            tasklet_hi_schedule(one)

    def use() -> None:
        """Schedule all of them, and wait for that."""
        ask()
        user_enter()
        spin_while(data.asked[0] != 0 or data.asked[1] != 0 or data.asked[2] != 0)
        user_leave()


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    """Leave the rest to them."""
    if card.pop() != 0:
        card.submit()
        ask()


def user(me: int) -> None:
    """Choose, for ever."""
    meet(CPUS)
    if me == 1:
        card.submit()
    left = OPERATIONS
    while OPERATIONS == 0 or left > 0:
        left -= int(OPERATIONS > 0)
        use()


for n in range(CPUS):
    thread(f"user{n}", cpu=n, priority=PRI_USER_RT if OFF else PRI_USER, arg=n + 1)(user)
