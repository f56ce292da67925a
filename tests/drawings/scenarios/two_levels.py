"""A lock held below the level of an interrupt that takes another; another CPU takes the two the other way round."""

from splx.scenario import *

a = Mutex("a", IPL_BIO)
b = Mutex("b", IPL_NET)
nic = NIC("nic", Never())


@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    nic.pop()
    mutex_enter(b)
    mutex_exit(b)


@thread(cpu=0)
def one() -> None:
    mutex_enter(a)
    mutex_exit(a)


@thread(cpu=1)
def other() -> None:
    mutex_enter(b)
    mutex_enter(a)
    mutex_exit(a)
    mutex_exit(b)
