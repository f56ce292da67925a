"""A card that is polled and not kept from interrupting: it may ask in the middle of a poll, of WEIGHT items."""

from splx.scenario import *

WEIGHT = Param("WEIGHT", 2)
nic = NIC("nic", Poisson(ms(1)), trigger=EDGE, limit=2)


@poll(weight=WEIGHT)
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
