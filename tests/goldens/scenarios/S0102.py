from splx.scenario import IPL_NET, IPL_SOFTNET, NIC, Mutex, Poisson, handler, softint, us

nic = NIC("wm0", Poisson(mean=us(50)))
stats = Mutex("stats", 7)


@handler(nic, IPL_SOFTNET)
def nic_intr() -> None:
    nic.pop()


@softint(IPL_NET)
def ip_input() -> None:
    pass
