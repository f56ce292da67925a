"""A pool of one item, which two threads want; the second waits until the first gives it back."""

from splx.scenario import *

pool = Pool("pool", 1)


@thread(cpu=0)
def giver() -> None:
    item = pool_get(pool, PR_WAITOK)
    yield_()
    pool_put(pool, item)


@thread(cpu=0)
def getter() -> None:
    pool_put(pool, pool_get(pool, PR_WAITOK))
