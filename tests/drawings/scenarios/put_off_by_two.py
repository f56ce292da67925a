"""A handler that needs the big lock, and a thread of each CPU that has it again and again."""

from splx.scenario import *

nic = NIC("nic", Never(), cpu=0)


@handler(nic, IPL_NET)
def nic_intr() -> None:
    nic.pop()


def holder() -> None:
    while True:
        kernel_lock()
        kernel_unlock()


thread("other", cpu=0)(holder)
thread("holder", cpu=1)(holder)
