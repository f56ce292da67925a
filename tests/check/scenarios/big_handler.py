"""A thread takes the big lock, and so does a handler of a card on its CPU."""

from splx.scenario import *

nic = NIC("nic", Poisson(ms(1)))


@handler(nic, IPL_NET)
def nic_intr() -> None:
    nic.pop()


@thread(cpu=0)
def user() -> None:
    kernel_lock()
    kernel_unlock()
