"""A tasklet that looks for what a thread of another CPU has noted before it scheduled it.

A thread over there schedules it as well, and has nothing to say. Whoever notes something finds it scheduled perhaps,
and leaves it at that: so the run that is to come has to see it.
"""

from splx.lang.kernel import spin_while
from splx.scenario import (
    PRI_USER,
    Struct,
    atomic,
    i64,
    tasklet,
    tasklet_schedule,
    thread,
    user_enter,
    user_leave,
)
from splx.scenario.meeting import meet


class Data(Struct):
    """Whether something is noted."""

    noted: i64 = atomic()


data = Data()


@tasklet()
def rest() -> None:
    """Take what is noted."""
    if data.noted != 0:
        data.noted = 0


@thread("user0", cpu=0, priority=PRI_USER)
def user0() -> None:
    """Schedule it."""
    meet(2)
    tasklet_schedule(rest)


@thread("user1", cpu=1, priority=PRI_USER)
def user1() -> None:
    """Note something, schedule it, and wait until that has been taken."""
    meet(2)
    data.noted = 1
    tasklet_schedule(rest)
    user_enter()
    spin_while(data.noted != 0)
    user_leave()
