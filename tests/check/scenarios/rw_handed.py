"""Who holds `m` hands `table` to a reader: it is the reader's then, and `m` was not taken before `table`. One order."""

from splx.scenario import *

table = RWLock("table")
m = Mutex("m")


@thread(cpu=0)
def writer() -> None:
    rw_enter(table, RW_WRITER)
    mutex_enter(m)
    yield_()
    rw_exit(table)
    mutex_exit(m)


@thread(cpu=0)
def reader() -> None:
    rw_enter(table, RW_READER)
    rw_exit(table)
    rw_enter(table, RW_WRITER)
    mutex_enter(m)
    mutex_exit(m)
    rw_exit(table)
