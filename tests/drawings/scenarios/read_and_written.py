"""A reader leaves while a writer comes."""

from splx.scenario import *

table = RWLock("table")


@thread(cpu=0)
def reader() -> None:
    rw_enter(table, RW_READER)
    yield_()
    rw_exit(table)


@thread(cpu=1)
def writer() -> None:
    rw_enter(table, RW_WRITER)
    rw_exit(table)
