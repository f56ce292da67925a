"""Memory is cleared in the kernel, while a card interrupts."""

from splx.scenario import *

nic = NIC("nic", Poisson(ms(1)), limit=2)


@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    nic.pop()


@thread(cpu=0)
def maker() -> None:
    kmem_zero(5, us(1))
