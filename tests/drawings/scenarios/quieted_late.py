"""A driver that has its card polled and quiets it afterwards, and a thread that is better than the one that polls."""

from splx.scenario import *

nic = NIC("nic", Never())


@poll(weight=2)
def nic_poll(budget: int) -> int:
    n = 0
    while n < budget and nic.pop() != 0:
        n += 1
    if n < budget and napi_complete(nic_poll):
        nic.enable()
    return n


@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    napi_schedule(nic_poll)
    nic.disable()


@thread(cpu=0, priority=PRI_USER_RT)
def busy() -> None:
    work(us(1))
