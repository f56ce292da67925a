"""Two CPUs change one word that is not marked atomic, or is; each in one instruction, or not."""

from splx.machine.intrinsics import fetch_add, fetch_add_local
from splx.scenario import *

UNLOCKED, LOCKED, READ, WRITE, MEANT = range(5)
ONE = Param("ONE", UNLOCKED)
TWO = Param("TWO", UNLOCKED)


class Box(Struct):
    n: i64
    open_: i64 = atomic()


box = Box()


@thread(cpu=0)
def one() -> None:
    if ONE == UNLOCKED:
        fetch_add_local(box.n, 1)
    elif ONE == LOCKED:
        fetch_add(box.n, 1)
    elif ONE == READ:
        assert box.n >= 0
    else:
        fetch_add_local(box.open_, 1)


@thread(cpu=1)
def two() -> None:
    if TWO == UNLOCKED:
        fetch_add_local(box.n, 1)
    elif TWO == LOCKED:
        fetch_add(box.n, 1)
    elif TWO == WRITE:
        box.n = 5
    else:
        fetch_add(box.open_, 1)
