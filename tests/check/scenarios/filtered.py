"""A card of two items, edges, whose filter wants its handler each time."""

from splx.scenario import *

nic = NIC("nic", Poisson(ms(1)), limit=2, ring=2, trigger=EDGE)


def nic_filter() -> bool:
    return True


@handler(nic, IPL_NET, mpsafe=True, filter=nic_filter)
def nic_intr() -> None:
    while nic.pop() != 0:
        pass


@thread(cpu=0)
def user() -> None:
    work(us(1))
