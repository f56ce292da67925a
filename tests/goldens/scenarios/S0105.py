from splx.scenario import IPL_NET, NIC, Bursts, Poisson, Pool, Recorded, handler, shipped, thread, us, work

nic = NIC("wm0", Bursts(0, us(2), us(100)), ring=0)
wifi = NIC("ath0", Poisson(rate=-5), limit=-1)
usb = NIC("usb0", Recorded(shipped("nic-e1000.csv"), speedup=0))
mbufs = Pool("mbufs", 0)


@handler(nic, IPL_NET)
@handler(wifi, IPL_NET)
@handler(usb, IPL_NET)
def nic_intr() -> None:
    nic.pop()


@thread("reader", count=0)
def reader() -> None:
    work(us(1))
