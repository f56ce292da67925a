"""A thread and the handler of an edge-triggered line want one lock."""

from splx.scenario import *

m = Mutex("m", IPL_NET)
nic = NIC("nic", Never(), trigger=EDGE)


@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    mutex_enter(m)
    mutex_exit(m)
    nic.pop()


@thread(cpu=0)
def victim() -> None:
    mutex_enter(m)
    work(us(1))
    mutex_exit(m)
