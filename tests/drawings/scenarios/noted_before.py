"""A tasklet that a handler asks for on one CPU, and a thread on another, which has noted something for it before."""

from splx.scenario import *

nic = NIC("nic", Periodic(us(10)), limit=1)


class Box(Struct):
    noted: i64 = atomic()


box = Box()


@tasklet()
def rx() -> None:
    if box.noted != 0:
        box.noted = 0


@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    nic.pop()
    tasklet_schedule(rx)


@thread(cpu=1)
def notes() -> None:
    work(us(10))
    box.noted = 1
    tasklet_schedule(rx)
