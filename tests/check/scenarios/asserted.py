"""What an assertion reads is written on another CPU."""

from splx.scenario import *


class Box(Struct):
    gone: i64 = atomic()


box = Box()


@thread(cpu=0)
def uses() -> None:
    assert box.gone == 0, "it is used after it is gone"


@thread(cpu=1)
def leaves() -> None:
    box.gone = 1
