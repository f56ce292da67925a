"""A line on each CPU, and a softint for each; both of one level."""

from splx.scenario import *

nic0 = NIC("nic0", Never(), cpu=0)
nic1 = NIC("nic1", Never(), cpu=1)


@softint(IPL_SOFTNET)
def first() -> None:
    work(us(1))


@softint(IPL_SOFTNET)
def second() -> None:
    work(us(1))


@handler(nic0, IPL_NET)
def nic0_intr() -> None:
    nic0.pop()
    softint_schedule(first)


@handler(nic1, IPL_NET)
def nic1_intr() -> None:
    nic1.pop()
    softint_schedule(second)
