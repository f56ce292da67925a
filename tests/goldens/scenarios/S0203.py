from splx.scenario import IPL_NET, NIC, Poisson, handler, us

nic = NIC("wm0", Poison(mean=us(50)))


@handler(nic, IPL_NET)
def nic_intr() -> None:
    nic.pop()
