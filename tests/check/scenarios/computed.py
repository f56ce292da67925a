"""A thread computes between two words of others; an interrupt may come in between."""

from splx.machine.intrinsics import cas_local
from splx.scenario import *

HOW = Param("HOW", 0)


class Box(Struct):
    n: i64 = atomic()
    open_: i64 = atomic()


box = Box()
nic = NIC("card", Poisson(us(50)), limit=1)


@handler(nic, IPL_NET, mpsafe=True)
def served() -> None:
    nic.pop()
    box.open_ = 1


@thread(cpu=0)
def one() -> None:
    if HOW == 0:
        drawn = choose(2)
        drawn = drawn + 1
        if box.open_ == 1:
            assert drawn != 2
    else:
        sum_ = 1
        read = box.n
        sum_ = sum_ * 3 + read
        read = sum_ * 5 + 1
        if box.open_ == 1:
            cas_local(box.n, read - 16, sum_)
            assert box.n != 3
