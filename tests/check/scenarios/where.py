"""Rules that are broken behind other lines, in a move that began at one of those."""

from splx.scenario import *


class Box(Struct):
    n: i64 = atomic()


HOW = Param("HOW", 0)
box = Box()
v = Mutex("v", IPL_VM)
gate = Mutex("gate")


@thread(cpu=0)
def one() -> None:
    if HOW == 0:
        mutex_enter(v)
        mutex_enter(gate)
    elif HOW == 1:
        mutex_enter(v)
        helper()
    elif HOW == 2:
        splvm()
        mutex_enter(v)
        mutex_enter(v)


def helper() -> None:
    box.n = 1
    mutex_enter(gate)
