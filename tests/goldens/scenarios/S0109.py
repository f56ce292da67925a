from splx.scenario import EDGE, IPL_NET, NIC, Poisson, handler, us

nic = NIC("wm0", us(50), trigger=EDGE)
wifi = NIC("ath0", Poisson(), trigger=1)


@handler("wm0", IPL_NET)
def nic_intr() -> None:
    nic.pop()


@handler(wifi, IPL_NET)
def wifi_intr() -> None:
    wifi.pop()
