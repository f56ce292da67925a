"""What happens only after one outcome of a draw."""

from splx.scenario import *


class Box(Struct):
    won: i64 = atomic()


box = Box()


@thread(cpu=0)
def player() -> None:
    while True:
        if choose(2) == 1:
            box.won = 1


@eventually
def it_is_won() -> bool:
    return box.won == 1
