"""Something is said not to be after two switches; much later a thread takes the big lock, and a handler on its CPU."""

from splx.scenario import *


class Box(Struct):
    m: i64 = atomic()
    k: i64 = atomic()
    pad: i64 = atomic()
    x: i64 = atomic()


box = Box()
nic = NIC("nic", Poisson(ms(1)), limit=1)


@never
def both() -> bool:
    return box.x == 1


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
    if box.pad == 999:
        box.k = 2
