"""Two threads add one to the same word: with a locked operation, under a lock, or just so."""

from splx.machine.intrinsics import fetch_add
from splx.scenario import *

HOW = Param("HOW", 0)


class Box(Struct):
    n: i64 = atomic()
    done: i64 = atomic()


box = Box()
lock = Mutex("lock")


def add() -> None:
    if HOW == 0:
        box.n += 1
    elif HOW == 1:
        with lock:
            box.n += 1
    else:
        fetch_add(box.n, 1)
    if fetch_add(box.done, 1) == 1:
        assert box.n == 2, "an update is lost"


@thread(cpu=0)
def one() -> None:
    add()


@thread(cpu=1)
def two() -> None:
    add()
