"""A thread that has the big lock, and a handler that needs it."""

from splx.scenario import *

nic = NIC("nic", Never())


@handler(nic, IPL_NET)
def nic_intr() -> None:
    nic.pop()


@thread(cpu=0)
def user() -> None:
    kernel_lock()
    work(us(1))
    kernel_unlock()
