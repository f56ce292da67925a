"""A thread at a soft level, and a handler that asks for soft work."""

from splx.scenario import *

nic = NIC("nic", Never())
disk = Disk("disk", Never())


@softint(IPL_SOFTNET, mpsafe=True)
def first() -> None:
    work(us(1))


@softint(IPL_SOFTBIO, mpsafe=True)
def second() -> None:
    work(us(1))


@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    nic.pop()
    softint_schedule(first)


@handler(disk, IPL_BIO, mpsafe=True)
def disk_intr() -> None:
    disk.pop()
    softint_schedule(second)


@thread(cpu=0)
def section() -> None:
    s = splsoftnet()
    work(us(1))
    splx(s)
