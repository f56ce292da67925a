"""Two CPUs write one word, and each breaks a rule at once."""

from splx.scenario import *


class Box(Struct):
    n: i64


box = Box()


@thread(cpu=0)
def one() -> None:
    number = 1
    box.n = number
    assert number == 0


@thread(cpu=1)
def two() -> None:
    number = 2
    box.n = number
    assert number == 0
