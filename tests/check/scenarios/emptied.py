"""A pool of one item, asked for two."""

from splx.scenario import *

pool = Pool("pool", 1)


@thread(cpu=0)
def user() -> None:
    pool_get(pool, PR_NOWAIT)
    pool_get(pool, PR_NOWAIT)
