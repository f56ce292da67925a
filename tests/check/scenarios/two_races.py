"""Two races: one that the fewest moves lead to, and one that takes fewer switches."""

from splx.scenario import *


class Box(Struct):
    m: i64 = atomic()
    k: i64 = atomic()
    pad: i64 = atomic()
    x: i64
    y: i64


box = Box()


@thread(cpu=0)
def one() -> None:
    box.m = 1
    if box.k == 1:
        box.x = 1
    for i in range(10):
        box.pad = i
    box.y = 1


@thread(cpu=1)
def two() -> None:
    if box.m == 1:
        box.k = 1
        box.x = 2
    if box.pad == 99:
        box.k = 2
    box.y = 2
