"""Two handlers on CPUs of their own give way to each other for ever, beside a thread that goes on elsewhere."""

from splx.scenario import *


class Box(Struct):
    a: i64 = atomic()
    b: i64 = atomic()
    n: i64 = atomic()


box = Box()
left = NIC("left", Poisson(us(50)), cpu=0, limit=1)
right = NIC("right", Poisson(us(50)), cpu=1, limit=1)


@handler(left, IPL_NET, mpsafe=True)
def left_intr() -> None:
    left.pop()
    done = 0
    while done == 0:
        box.a = 1
        if box.b == 0:
            done = 1
        box.a = 0


@handler(right, IPL_NET, mpsafe=True)
def right_intr() -> None:
    right.pop()
    done = 0
    while done == 0:
        box.b = 1
        if box.a == 0:
            done = 1
        box.b = 0


@thread(cpu=2)
def three() -> None:
    while True:
        box.n = 1 - box.n
