from splx.scenario import IPL_NET, NIC, Poisson, handler, periodic, softint, thread, us

nic = NIC("wm0", Poisson(mean=us(50)))


@handler(nic, IPL_NET, mpsafe="no")
def nic_intr() -> None:
    nic.pop()


@thread
def writer() -> None:
    pass


@softint
def arp_input() -> None:
    pass


@periodic
def tick() -> None:
    pass
