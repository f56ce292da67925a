"""Two CPUs that want the same lock, and on each a thread that would be glad of the time.

Parameters: hold, how long it is kept each time, on average; lock, `spin` or `sleep`, what kind of lock it is.
"""

from splx.scenario import *

HOLD = Param("hold", us(10))
LEVELS = {"spin": IPL_VM, "sleep": IPL_NONE}

table = Mutex("table", LEVELS[Param("lock", "sleep")])
sections = Statistic("sections")
HELD = Exponential(HOLD)
ROUND = Constant(us(20))


def user() -> None:
    """A section, and something else, for ever."""
    while True:
        with table:
            work(HELD)
        count(sections, 1)
        work(HELD)


def other() -> None:
    """Compute, for ever."""
    while True:
        user_work(ROUND)


for cpu in range(2):
    thread(f"user{cpu}", priority=PRI_KERNEL, cpu=cpu)(user)
    thread(f"other{cpu}", priority=PRI_USER, cpu=cpu)(other)
