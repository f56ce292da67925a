"""A thread polls a word that nobody else uses, within another loop: a fused step goes round until it is cut."""

from splx.scenario import *

HOW = Param("HOW", 0)


class Box(Struct):
    x: i64 = atomic()
    y: i64 = atomic()


box = Box()


@thread(cpu=0)
def one() -> None:
    while True:
        while box.x == 0:
            if HOW == 1:
                box.y = 1
                box.y = 0
            else:
                work(us(1))
        box.x = 0
