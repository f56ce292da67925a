from splx.scenario import IPL_NET, NIC, Mutex, Poisson, handler, thread, us, work

nic = NIC("wm0", Poisson(mean=us(50)))
other = NIC("wm0", Poisson(mean=us(50)))
stats = Mutex("stats")
ring = Mutex("stats", IPL_NET)


@handler(nic, IPL_NET)
@handler(other, IPL_NET)
def nic_intr() -> None:
    nic.pop()


@thread("wm0")
def reader() -> None:
    work(us(1))
