"""A thread that is to serve what a card brings."""

from splx.scenario import *

HOW = Param("HOW", 0)  # 0 the thread looks until it has come; 1 it looks once
nic = NIC("nic", Poisson(ms(1)))


class Box(Struct):
    came: i64 = atomic()
    served: i64 = atomic()


box = Box()


@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    nic.pop()
    box.came = 1


@thread(cpu=0)
def server() -> None:
    while HOW == 0 and box.came == 0:
        yield_()
    if box.came != 0:
        box.served = 1


@eventually
def it_is_served() -> bool:
    return box.served == 1
