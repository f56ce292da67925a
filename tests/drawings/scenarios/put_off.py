"""A handler that needs the big lock, and a thread of another CPU that has it for a moment."""

from splx.scenario import *

nic = NIC("nic", Never(), cpu=0)


@handler(nic, IPL_NET)
def nic_intr() -> None:
    nic.pop()


@thread(cpu=1)
def holder() -> None:
    kernel_lock()
    kernel_unlock()
