"""A thread and a handler that interrupts it, and both want one lock."""

from splx.scenario import *

m = Mutex("m", IPL_NET)
nic = NIC("nic", Never())


@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    nic.pop()
    mutex_enter(m)
    mutex_exit(m)


@thread(cpu=0)
def victim() -> None:
    mutex_enter(m)
    work(us(1))
    mutex_exit(m)
