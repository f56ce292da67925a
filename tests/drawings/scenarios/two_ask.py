"""A tasklet that a handler asks for on one CPU, and a thread on another."""

from splx.scenario import *

nic = NIC("nic", Periodic(us(10)), limit=1)


@tasklet()
def rx() -> None:
    work(us(3))


@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    nic.pop()
    tasklet_schedule(rx)


@thread(cpu=1)
def asks() -> None:
    work(us(11))
    tasklet_schedule(rx)
