"""Edges that come while a handler waits for the lock that a thread has."""

from splx.scenario import *

m = Mutex("m", IPL_NET)
nic = NIC("nic", Poisson(ms(1)), limit=2, trigger=EDGE)


@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    while nic.pop() != 0:
        pass
    with m:
        pass


@thread(cpu=0)
def section() -> None:
    with m:
        pass
