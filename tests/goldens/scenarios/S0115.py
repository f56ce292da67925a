from splx.scenario import EDGE, IPL_NET, NIC, Poisson, Serial, handler, us

nic = NIC("wm0", Poisson(mean=us(50)), irq="pci0")
serial = Serial("com0", Poisson(mean=us(90)), irq="pci0", trigger=EDGE)


@handler(nic, IPL_NET)
def nic_intr() -> None:
    nic.pop()


@handler(serial, IPL_NET)
def serial_intr() -> None:
    serial.pop()
