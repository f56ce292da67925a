"""A tasklet that a thread disables while it runs on another CPU, and that is never found disabled.

It was scheduled by a thread over there, and says that it has begun: so the end of it is all that is waited for.
"""

from splx.lang.kernel import spin_while
from splx.scenario import (
    PRI_USER_RT,
    Struct,
    atomic,
    i64,
    tasklet,
    tasklet_disable,
    tasklet_enable,
    tasklet_schedule,
    thread,
)
from splx.scenario.meeting import meet


class Data(Struct):
    """Whether it has begun, and runs."""

    begun: i64 = atomic()
    running: i64 = atomic()


data = Data()


@tasklet()
def rest() -> None:
    """Say that it runs."""
    data.running = 1
    data.begun = 1
    data.running = 0


@thread("user0", cpu=0, priority=PRI_USER_RT)
def user0() -> None:
    """Schedule it."""
    meet(2)
    tasklet_schedule(rest)


@thread("user1", cpu=1, priority=PRI_USER_RT)
def user1() -> None:
    """Wait for its end."""
    meet(2)
    spin_while(data.begun == 0)
    tasklet_disable(rest)
    assert data.running == 0, "a tasklet runs that is disabled"
    tasklet_enable(rest)
