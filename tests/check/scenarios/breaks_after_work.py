"""What an assertion reads is written on another CPU, before the assertion comes in a run, but not in a search."""

from splx.scenario import *


class Box(Struct):
    full: i64 = atomic()


box = Box()


@thread(cpu=0)
def looks() -> None:
    work(us(50))
    assert box.full == 1, "it is empty"


@thread(cpu=1)
def fills() -> None:
    box.full = 1
