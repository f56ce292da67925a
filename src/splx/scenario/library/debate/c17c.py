"""Two threads on each of two CPUs that want the same lock, whose owner now and then gives way to the other thread.

Parameters: hold, how long the lock is kept each time, on average; every, of how many sections one gives way.
"""

from splx.scenario import *

HOLD = Param("hold", us(2))
EVERY = Param("every", 20)

table = Mutex("table")
sections = Statistic("sections")
HELD = Exponential(HOLD)
ELSE = Exponential(3 * HOLD)


def user() -> None:
    """A section, in which the owner may give way, and something else, for ever."""
    n = 0
    while True:
        n += 1
        with table:
            work(HELD)
            if n % EVERY == 0:
                yield_()
        count(sections, 1)
        work(ELSE)


for cpu in range(2):
    for name in "ab":
        thread(f"user{cpu}{name}", priority=PRI_KERNEL, cpu=cpu)(user)
