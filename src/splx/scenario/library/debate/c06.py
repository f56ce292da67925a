"""A thread that keeps a lock for half of its time, and a job in real time that needs only the CPU.

Parameters: hold, how long the lock is kept each time; lock, `spin` or `sleep`, what kind of lock it is.
"""

from splx.scenario import *

HOLD = Param("hold", us(10))
LEVELS = {"spin": IPL_VM, "sleep": IPL_NONE}

table = Mutex("table", LEVELS[Param("lock", "spin")])
sections = Statistic("sections")
BETWEEN = Constant(HOLD)


@periodic(us(500), priority=PRI_KERNEL_RT, cpu=0, jitter=us(200))
def control() -> None:
    """Read the sensors, move the arm."""
    work(us(5))


@thread("user", cpu=0)
def user() -> None:
    """A section, and something else, for ever."""
    while True:
        with table:
            work(HOLD)
        count(sections, 1)
        user_work(BETWEEN)
