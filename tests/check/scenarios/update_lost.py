"""A thread and an interrupt of its CPU count, and one of the two may be lost."""

from splx.scenario import *

nic = NIC("nic", Poisson(mean=us(5)), limit=1)


class Box(Struct):
    n: i64


box = Box()


@handler(nic, IPL_NET)
def counts() -> None:
    if nic.pop() != 0:
        box.n += 1


@thread(cpu=0)
def counts_too() -> None:
    box.n += 1


@eventually
def counted() -> bool:
    return box.n == 2
