"""A CPU writes for ever: where nothing takes time it is the only one."""

from splx.scenario import *


class Box(Struct):
    full: i64 = atomic()


box = Box()


@thread(cpu=0)
def turns() -> None:
    while True:
        box.full = 1 - box.full


@thread(cpu=1)
def looks() -> None:
    box.full = 0
