# cpus: 2
from splx.scenario import IPL_NET, NIC, Poisson, handler, thread, us, work

nic = NIC("wm0", Poisson(mean=us(50)), cpu=3)


@handler(nic, IPL_NET)
def nic_intr() -> None:
    nic.pop()


@thread("reader", cpu=2)
def reader() -> None:
    work(us(1))
