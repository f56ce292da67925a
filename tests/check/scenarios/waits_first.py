"""A loop that ends is the first thing in one that does not. HOW: 0 as it is, 1 something stands before it, 2 it ends
the thread in place of going on.
"""

from splx.scenario import *

HOW = Param("HOW", 0)


class Box(Struct):
    x: i64 = atomic()
    y: i64 = atomic()


box = Box()


@thread(cpu=0)
def one() -> None:
    while True:
        if HOW != 0:
            box.y = 1
        if HOW == 2:
            if box.x == 1:
                kthread_exit()
        else:
            while box.x == 0:
                if box.x == 2:
                    continue
            box.x = 0


@thread(cpu=1)
def two() -> None:
    if box.x == 2:
        box.x = 1
