"""A handler that relies on the big lock."""

from splx.scenario import *

nic = NIC("nic", Poisson(ms(1)), limit=1)


@handler(nic, IPL_NET)
def nic_intr() -> None:
    nic.pop()
    assert kernel_locked_p(), "without the big lock"


@thread(cpu=0)
def user() -> None:
    work(us(1))
