from splx.scenario import IPL_NET, NIC, Periodic, handler

nic = NIC("wm0", Periodic(0))


@handler(nic, IPL_NET)
def nic_intr() -> None:
    nic.pop()
