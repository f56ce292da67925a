"""A thread takes the big lock, and so does a handler on its CPU; another thread breaks a rule after more moves."""

from splx.scenario import *


class Box(Struct):
    m: i64 = atomic()


box = Box()
nic = NIC("nic", Poisson(ms(1)), limit=1)


@handler(nic, IPL_NET)
def nic_intr() -> None:
    nic.pop()


@thread(cpu=0)
def one() -> None:
    kernel_lock()
    kernel_unlock()


@thread(cpu=1)
def two() -> None:
    for _ in range(12):
        kernel_lock()
        kernel_unlock()
    assert box.m == 1
