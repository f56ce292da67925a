"""What a handler stores before the thread that it interrupts makes its own store visible."""

from splx.machine.intrinsics import fetch_add
from splx.scenario import *


class Box(Struct):
    x: i64 = atomic()
    y: i64 = atomic()


box = Box()
card = NIC("card", Poisson(ms(1)), cpu=0, limit=1)


@never
def both() -> bool:
    return box.x == 1 and box.y == 1


@thread(cpu=0)
def adds() -> None:
    fetch_add(box.x, 1)


@thread(cpu=1)
def clears() -> None:
    box.y = 0


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    box.y += 1
