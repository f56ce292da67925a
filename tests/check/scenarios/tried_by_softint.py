"""A lock of threads that a softint tries for."""

from splx.scenario import *

m = Mutex("m")
nic = NIC("nic", Poisson(ms(1)), limit=1)


@softint(IPL_SOFTNET, mpsafe=True)
def later() -> None:
    if mutex_tryenter(m):
        mutex_exit(m)


@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    nic.pop()
    softint_schedule(later)


@thread(cpu=0)
def section() -> None:
    with m:
        pass
