"""Three locks in a ring, by three threads, two of them on one CPU; EITHER: two locks, and only one thread takes any."""

from splx.machine.intrinsics import cas
from splx.scenario import *

EITHER = Param("EITHER", 0)
a, b, c = (Mutex(name, IPL_NONE) for name in "abc")


class Box(Struct):
    first: i64 = atomic()


box = Box()


@thread(cpu=0)
def t0() -> None:
    if EITHER == 0 or cas(box.first, 0, 1):
        with a, b:
            pass


@thread(cpu=1)
def t1() -> None:
    if EITHER == 0 or cas(box.first, 0, 2):
        with b, a if EITHER != 0 else c:
            pass


@thread(cpu=0)
def t2() -> None:
    if EITHER == 0:
        with c, a:
            pass
