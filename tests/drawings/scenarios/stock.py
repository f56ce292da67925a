"""A softint that gets the only item of a pool, and one of the same level that gives it back."""

from splx.scenario import *

p = Pool("p", 1, IPL_SOFTNET)
nic = NIC("nic", Never())
disk = Disk("disk", Never())


@softint(IPL_SOFTNET, mpsafe=True)
def get() -> None:
    pool_get(p, PR_WAITOK)


@softint(IPL_SOFTNET, mpsafe=True)
def put() -> None:
    pool_put(p, 1)


@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    nic.pop()
    softint_schedule(get)


@handler(disk, IPL_NET, mpsafe=True)
def disk_intr() -> None:
    disk.pop()
    softint_schedule(put)
