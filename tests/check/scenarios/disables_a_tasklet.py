"""A thread disables a tasklet that runs, and waits for that: it goes to sleep with more stores than a buffer holds."""

from splx.lang.kernel import spin_while
from splx.scenario import *
from splx.scenario.meeting import meet


class Box(Struct):
    begun: i64 = atomic()


box = Box()


@tasklet()
def soon(unused: int) -> None:
    box.begun = 1


@thread(cpu=0, priority=PRI_USER_RT)
def user() -> None:
    meet(2)
    tasklet_schedule(soon)


@thread(cpu=1, priority=PRI_USER_RT)
def other() -> None:
    meet(2)
    spin_while(box.begun == 0)
    tasklet_disable(soon)
    tasklet_enable(soon)
