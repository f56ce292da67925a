"""Two threads that never meet take two locks in two orders, `table` to read; a third one may write under it."""

from splx.scenario import *

WRITES = Param("WRITES", 0)  # 1 two, holding m; 2 a third thread

table = RWLock("table")
m = Mutex("m")


@thread(cpu=0)
def one() -> None:
    rw_enter(table, RW_READER)
    with m:
        pass
    rw_exit(table)


@thread(cpu=0)
def two() -> None:
    with m:
        rw_enter(table, RW_WRITER if WRITES == 1 else RW_READER)
        rw_exit(table)


@thread(cpu=0)
def three() -> None:
    if WRITES == 2:
        rw_enter(table, RW_WRITER)
        rw_exit(table)
