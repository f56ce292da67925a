"""Two threads race after two switches; one of them takes the big lock much later, and so does a handler on its CPU."""

from splx.scenario import *


class Box(Struct):
    m: i64 = atomic()
    k: i64 = atomic()
    pad: i64 = atomic()
    x: i64


box = Box()
nic = NIC("nic", Poisson(ms(1)), limit=1)


@handler(nic, IPL_NET)
def nic_intr() -> None:
    nic.pop()


@thread(cpu=0)
def one() -> None:
    box.m = 1
    if box.k == 1:
        box.x = 1
    for i in range(200):
        box.pad = i
    kernel_lock()
    kernel_unlock()


@thread(cpu=1)
def two() -> None:
    if box.m == 1:
        box.k = 1
        box.x = 2
    if box.pad == 99:
        box.k = 2
