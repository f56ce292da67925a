"""Who has had a lock takes it again at once, and an equal waits for it."""

from splx.scenario import *

table = Mutex("table")
theirs = Statistic("turns of who waits")


@thread(cpu=0, priority=PRI_USER)
def again() -> None:
    while True:
        with table:
            work(us(10))
            yield_()


@thread(cpu=0, priority=PRI_USER)
def waits() -> None:
    while True:
        with table:
            work(us(10))
        count(theirs, 1)
