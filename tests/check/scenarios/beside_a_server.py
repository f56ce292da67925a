"""A thread polls what nobody writes, beside one that goes on for ever and gets round."""

from splx.scenario import *


class Box(Struct):
    n: i64 = atomic()


box, done = Box(), Box()


@thread(cpu=0)
def one() -> None:
    while box.n == 0:
        pass


@thread(cpu=1)
def two() -> None:
    while True:
        done.n = 1 - done.n
