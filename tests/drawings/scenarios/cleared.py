"""A thread that has memory cleared, and a card."""

from splx.scenario import *

nic = NIC("nic", Never())


@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    nic.pop()


@thread(cpu=0, priority=PRI_USER)
def maker() -> None:
    kmem_zero(3, us(1))
