"""Everything at once: locks of every kind, waiting, the big lock, a soft interrupt, levels, preemption.

It has more states than fit anywhere: they are looked at up to a bound, nearest first.
"""

from splx.scenario import (
    IPL_CLOCK,
    IPL_NET,
    IPL_SOFTNET,
    ClosedLoop,
    Condvar,
    Disk,
    Mutex,
    Param,
    Struct,
    choose,
    cv_signal,
    cv_wait,
    guarded_by,
    handler,
    i64,
    kernel_lock,
    kernel_unlock,
    kpreempt_disable,
    kpreempt_enable,
    mutex_enter,
    mutex_exit,
    optional,
    softint,
    softint_schedule,
    splraise,
    splx,
    thread,
    us,
    user_enter,
    user_leave,
    yield_,
)
from splx.scenario.meeting import meet

optional(kernel_lock, splraise)
OPERATIONS = Param("operations", 0)  # by each thread; 0 any number
CPUS = Param("cpus", 2)
THREADS = Param("threads", 2)
card = Disk("card", ClosedLoop(us(1)))
high = Mutex("high", IPL_CLOCK)
line = Mutex("line", IPL_NET)
soft = Mutex("soft", IPL_SOFTNET)
table = Mutex("table")
given = Condvar("given")


class Data(Struct):
    """What is there to take."""

    items: i64 = guarded_by("line")


data = Data()


@handler(card, IPL_NET)
def card_intr() -> None:
    """With the big lock: give, and leave the rest to the soft interrupt."""
    if card.pop() != 0:
        card.submit()
        mutex_enter(line)
        data.items = 1
        cv_signal(given)
        mutex_exit(line)
        softint_schedule(rest)


@softint(IPL_SOFTNET, mpsafe=True)
def rest() -> None:
    """Take the lock of this level."""
    mutex_enter(soft)
    mutex_exit(soft)


def take() -> None:
    """Wait for what the card gives."""
    mutex_enter(line)
    while data.items == 0:
        cv_wait(given, line)
    data.items = 0
    mutex_exit(line)


def locks() -> None:
    """Two locks of threads, inside one another, with the big lock or giving way between."""
    mutex_enter(table)
    what = choose(3)
    if what == 0:
        mutex_enter(soft)
        mutex_exit(soft)
    elif what == 1:
        kernel_lock()
        kernel_unlock()
    else:
        yield_()
    mutex_exit(table)


def levels() -> None:
    """A lock that spins, at a raised level, or a soft interrupt."""
    s = splraise(IPL_SOFTNET)
    if choose(2) == 0:
        softint_schedule(rest)
    else:
        mutex_enter(high)
        mutex_exit(high)
    splx(s)


def user(me: int) -> None:
    """Choose, for ever."""
    if me <= CPUS:
        meet(min(THREADS, CPUS))
    if me == 1:
        card.submit()
    left = OPERATIONS
    while OPERATIONS == 0 or left > 0:
        left -= int(OPERATIONS > 0)
        what = choose(5)
        if what == 0:
            take()
        elif what == 1:
            locks()
        elif what == 2:
            levels()
        elif what == 3:
            kpreempt_disable()
            kpreempt_enable()
        else:
            user_enter()
            user_leave()


for n in range(THREADS):
    thread(f"user{n}", cpu=n % CPUS, arg=n + 1)(user)
