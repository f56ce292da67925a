"""A section at IPL_VM and interrupts of a card below it."""

from splx.scenario import *

nic = NIC("nic", Poisson(ms(1)), limit=1)
optional(splraise)


@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    nic.pop()


@thread(cpu=0)
def section() -> None:
    s = splvm()
    splx(s)
