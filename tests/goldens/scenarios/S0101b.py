from splx.scenario import IPL_NET, NIC, Bursts, Exponential, Periodic, Poisson, handler, ns, periodic, thread, us, work

nic = NIC("wm0", Periodic(period=us(-5)))
wifi = NIC("ath0", Poisson(mean=us(50), offset=us(-1)))
usb = NIC("usb0", Bursts(4, us(1), 100))
PARSE = Exponential("3us")


@handler(nic, IPL_NET)
@handler(wifi, IPL_NET)
@handler(usb, IPL_NET)
def nic_intr() -> None:
    work(PARSE)


@periodic(ns(0), deadline=0)
def control() -> None:
    work(PARSE)
