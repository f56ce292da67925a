"""Two devices on one line, each with a handler."""

from splx.scenario import *

nic = NIC("nic", Poisson(ms(1)), limit=1, irq="line")
disk = Disk("disk", Never(), irq="line")


@handler(disk, IPL_NET, mpsafe=True)
def disk_intr() -> None:
    disk.pop()


@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    nic.pop()


@thread(cpu=0)
def user() -> None:
    work(us(1))
