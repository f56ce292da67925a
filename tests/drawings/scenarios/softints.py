"""A thread that holds a lock, and two softints of one level, the first of which wants it."""

from splx.scenario import *

m = Mutex("m", IPL_SOFTNET)
nic = NIC("nic", Never())
disk = Disk("disk", Never())


@softint(IPL_SOFTNET, mpsafe=True)
def first() -> None:
    mutex_enter(m)
    mutex_exit(m)


@softint(IPL_SOFTNET, mpsafe=True)
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
def victim() -> None:
    mutex_enter(m)
    work(us(1))
    mutex_exit(m)
