"""A card that is polled, and not kept from interrupting meanwhile; a thread on another CPU that asks, too."""

from splx.scenario import *

nic = NIC("nic", Never(), trigger=EDGE)


@poll(weight=2)
def nic_poll(budget: int) -> int:
    n = 0
    while n < budget and nic.pop() != 0:
        n += 1
    if n < budget:
        napi_complete(nic_poll)
    return n


@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    napi_schedule(nic_poll)


@thread(cpu=1)
def asks() -> None:
    napi_schedule(nic_poll)
