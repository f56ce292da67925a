"""Nothing is wrong with it; the design that it is run under is not there."""

from splx.scenario import IPL_NET, NIC, Periodic, handler, us

nic = NIC("nic0", Periodic(us(100)))


@handler(nic, IPL_NET)
def nic_intr() -> None:
    while nic.pop() != 0:
        pass
