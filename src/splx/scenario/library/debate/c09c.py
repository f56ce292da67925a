"""An urgent job and a humble thread share something, and a thread between them wants the CPU.

Parameters: hog, how long the one between computes each time; what, `mutex`, `readers`, a lock that the humble one has
to read, or `memory`, a pool that has one item.
"""

from splx.scenario import *

HOG = Param("hog", us(300))
WHAT = ("mutex", "readers", "memory").index(Param("what", "mutex"))

table = Mutex("table")
rows = RWLock("rows")
pool = Pool("pool", 1)


def take(op: int) -> None:
    """Have it."""
    if WHAT == 0:
        mutex_enter(table)
    elif WHAT == 1:
        rw_enter(rows, op)
    else:
        pool_get(pool, PR_WAITOK)


def give_back() -> None:
    """Have it no more."""
    if WHAT == 0:
        mutex_exit(table)
    elif WHAT == 1:
        rw_exit(rows)
    else:
        pool_put(pool, 1)


@periodic(ms(1), offset=us(20), priority=PRI_KERNEL_RT, cpu=0, jitter=us(300))
def urgent() -> None:
    """A short look."""
    take(RW_WRITER)
    work(us(5))
    give_back()


@periodic(ms(1), offset=us(20), priority=PRI_USER_RT + 10, cpu=0, jitter=us(300))
def between() -> None:
    """Compute; it needs nothing."""
    work(HOG)


@thread("humble", priority=PRI_USER_RT, cpu=0)
def humble() -> None:
    """Have it, again and again."""
    while True:
        take(RW_READER)
        work(us(50))
        give_back()
        work(us(50))
