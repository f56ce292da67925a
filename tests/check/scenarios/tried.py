"""A lock that a thread tries for, and a handler takes."""

from splx.scenario import *

m = Mutex("m", IPL_NET)
nic = NIC("nic", Poisson(ms(1)), limit=1)


@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    nic.pop()
    with m:
        pass


@thread(cpu=0)
def section() -> None:
    if mutex_tryenter(m):
        mutex_exit(m)
