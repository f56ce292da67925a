"""A tasklet: a handler of CPU 0 schedules it, and a thread there; one on CPU 1 disables it, or kills it.

It does not run twice at a time, nor while it is disabled. Whoever schedules it says so in a word, which it clears when
it begins; the threads wait for that, so no request is lost. Who kills it keeps everybody else from scheduling first, as
a driver has to; then it does not run, and will not. Who disables it is above the thread that drains soft work, which
would go round with it for ever (E8), and so must not wait for what it has asked of that thread on its own CPU. If it
asks for nothing it is below that one, and waits in user mode: to enable may be to ask.
"""

from splx.lang.kernel import spin_while
from splx.scenario import (
    IPL_NET,
    PRI_USER,
    PRI_USER_RT,
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
    tasklet,
    tasklet_disable,
    tasklet_disable_nosync,
    tasklet_enable,
    tasklet_hi_schedule,
    tasklet_kill,
    tasklet_schedule,
    thread,
    us,
    user_enter,
    user_leave,
)
from splx.scenario.meeting import meet

OPERATIONS = Param("operations", 0)  # by each thread; 0 any number
THREADS = Param("threads", 2)  # 1: only the one that disables it; 2 at most
KILLS = Param("kills", 0)  # 1: it is killed, and is scheduled under a lock unless somebody is at that
ASKS = Param("asks", 1)  # 1: the thread that disables it schedules it, too; 2: instead
WHERE = Param("where", 1)  # the CPU of that thread
HI = Param("hi", 1)  # 0: it is never scheduled before all other soft work
CPUS = THREADS if WHERE else 1  # on each of which one thread starts
card = Disk("card", ClosedLoop(us(1)))
lock = Mutex("lock", IPL_NET)


class Data(Struct):
    """What the tasklet is at, and what is said of it."""

    asked: i64 = atomic()
    running: i64 = atomic()
    off: i64 = atomic()  # a thread knows that it does not run
    gone: i64 = guarded_by("lock")  # a thread is killing it


data = Data()


@tasklet()
def rest() -> None:
    """Say that it runs."""
    assert data.running == 0, "a tasklet runs twice"
    assert data.off == 0, "a tasklet begins that is disabled, or was killed"
    data.running = 1
    data.asked = 0
    assert data.off == 0, "a tasklet runs that is disabled, or was killed"
    data.running = 0


def ask() -> None:
    """Schedule it."""
    data.asked = 1
    if HI == 0 or choose(2) == 0:
        tasklet_schedule(rest)
    else:
        tasklet_hi_schedule(rest)


if KILLS:

    def schedule() -> None:
        """Schedule it unless somebody is killing it."""
        mutex_enter(lock)
        if data.gone == 0:
            ask()
        mutex_exit(lock)

    def stop() -> None:
        """Kill it, with nobody left to schedule it."""
        mutex_enter(lock)
        data.gone = 1
        mutex_exit(lock)
        tasklet_kill(rest)
        data.off = 1
        data.off = 0
        mutex_enter(lock)
        data.gone = 0
        mutex_exit(lock)

else:

    def schedule() -> None:
        """Schedule it."""
        ask()

    def stop() -> None:
        """Keep it from running for a moment."""
        if choose(2) == 0:
            tasklet_disable_nosync(rest)
        else:
            tasklet_disable(rest)
            data.off = 1
            data.off = 0
        tasklet_enable(rest)


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    """Leave the rest to the tasklet."""
    if card.pop() != 0:
        card.submit()
        schedule()


def user(me: int) -> None:
    """Choose, for ever."""
    meet(CPUS)
    if me == 1:
        card.submit()
    left = OPERATIONS
    while OPERATIONS == 0 or left > 0:
        left -= int(OPERATIONS > 0)
        if me == 1 and ASKS < 2 and (ASKS == 0 or choose(2) == 0):
            stop()
        else:
            schedule()
        if me == 2 or (ASKS == 0 and WHERE == 1):
            user_enter()
            spin_while(data.asked != 0)
            user_leave()


thread("user0", cpu=WHERE, priority=PRI_USER if ASKS == 0 and WHERE == 1 else PRI_USER_RT, arg=1)(user)
if THREADS == 2:
    thread("user1", cpu=0, arg=2)(user)
