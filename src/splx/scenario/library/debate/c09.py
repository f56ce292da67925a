"""An urgent job and a humble thread share a lock, and a thread between them wants the CPU.

Parameters: hog, how long the one between computes each time; hold, how long the humble one keeps the lock.
"""

from splx.scenario import *

HOG = Param("hog", us(500))
HOLD = Param("hold", us(50))

table = Mutex("table", IPL_NONE, ceiling=PRI_KERNEL_RT)


@periodic(ms(1), offset=us(20), priority=PRI_KERNEL_RT, cpu=0, jitter=us(300))
def urgent() -> None:
    """A short look into the table."""
    with table:
        work(us(5))


@periodic(ms(1), offset=us(20), priority=PRI_KERNEL, cpu=0, jitter=us(300))
def between() -> None:
    """Compute; it needs no lock."""
    work(HOG)


@thread("humble", priority=PRI_USER, cpu=0)
def humble() -> None:
    """Change the table, again and again."""
    while True:
        with table:
            work(HOLD)
        work(us(50))
