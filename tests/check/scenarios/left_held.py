"""A handler that leaves a lock held."""

from splx.scenario import *

nic = NIC("nic", Poisson(ms(1)), cpu=0, limit=1)
v = Mutex("v", IPL_VM)


@handler(nic, IPL_VM)
def intr() -> None:
    nic.pop()
    mutex_enter(v)
