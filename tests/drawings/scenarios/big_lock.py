"""A thread that takes the big lock, and a handler on its own CPU and one on another that take it, too."""

from splx.scenario import *

nic = NIC("nic", Never(), cpu=0)
disk = Disk("disk", Never(), cpu=1)


@handler(nic, IPL_NET)
def nic_intr() -> None:
    nic.pop()


@handler(disk, IPL_BIO)
def disk_intr() -> None:
    disk.pop()


@thread(cpu=0)
def holder() -> None:
    kernel_lock()
    work(us(1))
    kernel_unlock()
