from splx.scenario import IPL_NET, IPL_VM, NIC, THREAD, Poisson, context, handler, level, thread, us

nic = NIC("wm0", Poisson(mean=us(50)))


@handler(nic, IPL_NET)
@context(THREAD)
def nic_intr() -> None:
    nic.pop()


@thread("reader")
@level(IPL_VM)
def reader() -> None:
    pass
