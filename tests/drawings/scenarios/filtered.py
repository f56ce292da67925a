"""A card whose filter takes what is there, and wants its handler for nothing."""

from splx.scenario import *

nic = NIC("nic", Never())


def nic_filter() -> bool:
    return nic.pop() == 0


@handler(nic, IPL_NET, mpsafe=True, filter=nic_filter)
def nic_intr() -> None:
    pass
