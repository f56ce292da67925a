"""A thread gives an item of a pool back once, or twice."""

from splx.scenario import *

TIMES = Param("TIMES", 2)

buffers = Pool("buffers", 2)


@thread(cpu=0)
def user() -> None:
    item = pool_get(buffers, PR_WAITOK)
    pool_put(buffers, item)
    if TIMES == 2:
        pool_put(buffers, item)
