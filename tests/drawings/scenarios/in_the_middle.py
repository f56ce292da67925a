"""A lock of a thread of one CPU and of a handler of another, where a clock ticks."""

from splx.scenario import *

nic = NIC("nic", Never())
clock = Clock("clock", Never())
m = Mutex("m", IPL_NET)


@handler(clock, IPL_CLOCK, mpsafe=True)
def tick() -> None:
    clock.ack()
    hardclock()


@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    with m:
        nic.pop()


@thread(cpu=0)
def busy() -> None:
    work(us(1))


@thread(cpu=1)
def other() -> None:
    with m:
        work(us(1))
