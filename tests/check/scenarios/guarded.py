"""A word that a lock guards: one thread takes it, the other looks at the word first. In no run is the sum wrong."""

from splx.scenario import *

FIRST = Param("FIRST", 0)


class Box(Struct):
    n: i64 = guarded_by("lock")


box = Box()
lock = Mutex("lock")


@thread(cpu=0)
def one() -> None:
    with lock:
        box.n += 1


@thread(cpu=1)
def two() -> None:
    if FIRST == 1 and box.n == 0:
        return
    with lock:
        box.n += 1
