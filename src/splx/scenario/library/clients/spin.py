"""A lock of the highest level, which spins in every design, and one of a lower line, taken inside one another or not.

Each lock is taken by the handler of its line on CPU 0 and by a thread on each CPU, which may also try, and raise and
lower the level around it and inside.
"""

from splx.scenario import (
    IPL_CLOCK,
    IPL_NET,
    IPL_NONE,
    Mutex,
    OneShot,
    Param,
    Struct,
    choose,
    guarded_by,
    handler,
    i64,
    mutex_enter,
    mutex_exit,
    mutex_tryenter,
    optional,
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
LOOKS = Param("looks", 0)  # 1: a thread looks whether its level is back, in kernels that have levels
clock = OneShot("clock")
low = Mutex("low", IPL_NET)
high = Mutex("high", IPL_CLOCK)


class Data(Struct):
    """Who is inside."""

    owner: i64 = guarded_by("high")


data = Data()


@handler(clock, IPL_CLOCK, mpsafe=True)
def clock_intr() -> None:
    """Take the lock of this line."""
    clock.ack()
    clock.arm(us(1))
    mutex_enter(high)
    inside(3)
    mutex_exit(high)


def inside(me: int) -> None:
    """Be the only one."""
    data.owner = me
    assert data.owner == me, "two are inside"
    data.owner = 0


def user(me: int) -> None:
    """Choose, for ever."""
    if me <= CPUS:
        meet(min(THREADS, CPUS))
    if me == 1:
        clock.arm(us(1))
    left = OPERATIONS
    while OPERATIONS == 0 or left > 0:
        left -= int(OPERATIONS > 0)
        around = choose(3)
        s = 0
        if around == 1:
            mutex_enter(low)
        elif around == 2:
            s = splraise(IPL_NET)
        taken = False
        what = choose(3)
        if what == 1:
            mutex_enter(high)
            taken = True
        elif what == 2:
            taken = mutex_tryenter(high)
        if taken:
            inside(me)
            mutex_exit(high)
        if around == 1:
            mutex_exit(low)
        elif around == 2:
            splx(s)
        if LOOKS == 1:
            s = splraise(IPL_NONE)
            assert s == IPL_NONE, "a level is left raised"


for n in range(THREADS):
    thread(f"user{n}", cpu=n % CPUS, arg=n + 1)(user)
