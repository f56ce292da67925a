"""A lock held below the level of an interrupt that takes the big lock; another CPU takes the two the other way
round."""

from splx.scenario import *

s = Mutex("s", IPL_BIO)
nic = NIC("nic", Never())


@handler(nic, IPL_NET)
def nic_intr() -> None:
    nic.pop()


@thread(cpu=0)
def holder() -> None:
    mutex_enter(s)
    mutex_exit(s)


@thread(cpu=1)
def other() -> None:
    kernel_lock()
    mutex_enter(s)
    mutex_exit(s)
    kernel_unlock()
