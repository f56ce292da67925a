"""Threads of one priority on one CPU: in which ORDER they are not to start, as digits."""

from splx.scenario import *

ORDER = Param("ORDER", 123)


class Box(Struct):
    seen: i64 = atomic()


box = Box()


@never
def met() -> bool:
    return box.seen == ORDER


@thread(cpu=0)
def one() -> None:
    box.seen = box.seen * 10 + 1


@thread(cpu=0)
def two() -> None:
    box.seen = box.seen * 10 + 2


@thread(cpu=0)
def three() -> None:
    box.seen = box.seen * 10 + 3
