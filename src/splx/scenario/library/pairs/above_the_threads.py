"""A card, and a thread that is above those of interrupts."""

from splx.scenario import *

nic = NIC("nic", Periodic(us(100)))


@handler(nic, IPL_NET)
def nic_intr() -> None:
    while nic.pop() != 0:
        pass


@thread(priority=PRI_USER_RT + 40)
def above() -> None:
    while True:
        work(us(10))
