"""Two devices on one line, and a thread on its CPU that is better than the threads of their handlers."""

from splx.scenario import *

nic = NIC("nic", Never(), irq="line")
disk = Disk("disk", Never(), irq="line")


@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    nic.pop()


@handler(disk, IPL_NET, mpsafe=True)
def disk_intr() -> None:
    disk.pop()


@thread(cpu=0, priority=180)
def user() -> None:
    work(us(1))
