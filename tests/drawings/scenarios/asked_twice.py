"""A softint that two handlers ask for, each on a CPU of its own."""

from splx.scenario import *

nic = NIC("nic", Never())
disk = Disk("disk", Never(), cpu=1)


@softint(IPL_SOFTNET, mpsafe=True)
def take() -> None:
    work(us(1))


@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    nic.pop()
    softint_schedule(take)


@handler(disk, IPL_BIO, mpsafe=True)
def disk_intr() -> None:
    disk.pop()
    softint_schedule(take)


@thread(cpu=0)
def busy() -> None:
    work(us(1))
