"""Soft work of two kinds beside a real-time thread: one that has items to finish, one that never ends."""

from splx.scenario import *

nic = NIC("nic", Periodic(us(100)), ring=64)


@softint(IPL_SOFTNET, finishes=nic)
def soft() -> None:
    work(us(1))


@softint(IPL_SOFTCLOCK)
def again() -> None:
    work(us(20))
    softint_schedule(again)


@handler(nic, IPL_NET, defer=True)
def nic_intr() -> None:
    while nic.pop() != 0:
        pass
    softint_schedule(soft)
    softint_schedule(again)


@thread(priority=PRI_USER_RT)
def above() -> None:
    while True:
        work(us(10))
