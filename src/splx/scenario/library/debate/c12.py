"""Disk, card, sound and a clock on one CPU, and a job in real time: who may be interrupted by whom?

Parameters: lookup, how long a thread keeps the table that the card's handler needs, on average.
"""

from splx.scenario import *

disk = Disk("sd0", Poisson(rate=10_000), cpu=0)
nic = NIC("wm0", Poisson(rate=10_000), cpu=0)
sound = Audio("eap0", Periodic(us(500), offset=us(130), jitter=us(100)), cpu=0)
clock = Clock("clock", Periodic(us(400), offset=us(50), jitter=us(100)), cpu=0)
table = Mutex("table", IPL_NET)
LOOKUP = Exponential(Param("lookup", us(5)))
PACKET = Exponential(us(5))
BLOCK = Exponential(us(8))
ROUND = Constant(us(20))


@handler(disk, IPL_BIO, mpsafe=True)
def sd_intr() -> None:
    """Copy what has come."""
    item = disk.pop()
    while item != 0:
        disk.work(item, BLOCK)
        item = disk.pop()


@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    """Parse what has come, and note it in the table."""
    item = nic.pop()
    while item != 0:
        nic.work(item, PACKET)
        with table:
            work(ns(500))
        item = nic.pop()


@handler(sound, IPL_AUDIO, mpsafe=True)
def eap_intr() -> None:
    """The next block."""
    while sound.pop() != 0:
        work(us(2))


@handler(clock, IPL_CLOCK, mpsafe=True)
def clock_intr() -> None:
    """A tick."""
    clock.ack()
    work(us(1))


@periodic(us(500), priority=PRI_KERNEL_RT, cpu=0, jitter=us(200))
def control() -> None:
    """Read the sensors, move the arm."""
    work(us(5))


@thread("user", cpu=0)
def user() -> None:
    """Look into the table, and compute, for ever."""
    while True:
        with table:
            work(LOOKUP)
        user_work(ROUND)
