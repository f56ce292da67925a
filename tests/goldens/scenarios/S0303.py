# design: textbook:lock=ceiling,queues=global
from splx.scenario import IPL_BIO, IPL_NET, NIC, Mutex, Poisson, handler, thread, us, work

nic = NIC("wm0", Poisson(mean=us(50)))
stats = Mutex("stats")


@handler(nic, IPL_NET)
def nic_intr() -> None:
    nic.pop()


@handler(nic, IPL_BIO)
def nic_slow() -> None:
    work(us(2))


@thread("reader", cpu=0)
def reader() -> None:
    with stats:
        work(us(1))
