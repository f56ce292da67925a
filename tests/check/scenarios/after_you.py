"""Two threads of one CPU, each of which gives way until the other has set its flag; or one sets its own first."""

from splx.scenario import *

FIRST = Param("FIRST", 0)


class Flags(Struct):
    one: i64 = atomic()
    two: i64 = atomic()


flags = Flags()


@thread(cpu=0)
def one() -> None:
    while flags.two == 0:
        yield_()
    flags.one = 1


@thread(cpu=0)
def two() -> None:
    if FIRST == 1:
        flags.two = 1
    while flags.one == 0:
        yield_()
    flags.two = 1
