"""A thread and a handler that count in one word, and rely on the big lock."""

from splx.scenario import *

optional(kernel_lock)


class Box(Struct):
    n: i64


box = Box()
nic = NIC("nic", Never(), cpu=1)


@handler(nic, IPL_NET)
def nic_intr() -> None:
    nic.pop()
    box.n += 1


@thread(cpu=0)
def user() -> None:
    kernel_lock()
    box.n += 1
    kernel_unlock()
