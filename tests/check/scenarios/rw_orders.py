"""A lock that is taken to write and a mutex, in two orders, by threads that never meet."""

from splx.scenario import *

table = RWLock("table")
m = Mutex("m")


@thread(cpu=0)
def one() -> None:
    rw_enter(table, RW_WRITER)
    with m:
        pass
    rw_exit(table)


@thread(cpu=0)
def two() -> None:
    with m:
        rw_enter(table, RW_WRITER)
        rw_exit(table)
