"""A writer, a reader, and another writer of one CPU, who all give way with the lock."""

from splx.scenario import *

table = RWLock("table")


@thread("another", arg=RW_WRITER, cpu=0)
@thread("reader", arg=RW_READER, cpu=0)
@thread("writer", arg=RW_WRITER, cpu=0)
def user(op: int) -> None:
    rw_enter(table, op)
    yield_()
    rw_exit(table)
