"""A card's handler that takes a buffer for each packet and says that it may wait for one; a disk gives them back.

The disk's level is below the card's: while the card's thread sleeps, nobody hears the disk of that CPU. Where nobody
minds that the thread sleeps, a thread looks every now and then whether the card is served at all.

Parameters: stock, how many buffers there are; disk, the CPU that the disk interrupts.
"""

from splx.scenario import *

STOCK = Param("stock", 8)

nic = NIC("wm0", Poisson(rate=10_000), cpu=0)
disk = Disk("sd0", ClosedLoop(Exponential(us(50))), cpu=Param("disk", 0), ring=64)
buffers = Pool("mbufs", STOCK, IPL_NET)


class Served(Struct):
    """How many packets were taken, and how many of them somebody has seen."""

    packets: i64 = atomic()
    seen: i64


served = Served()


@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    """A buffer for each packet, and to the disk with it."""
    while nic.pop() != 0:
        pool_get(buffers, PR_WAITOK)
        served.packets += 1
        disk.submit()


@handler(disk, IPL_BIO, mpsafe=True)
def sd_intr() -> None:
    """What is written needs no buffer any more."""
    while disk.pop() != 0:
        pool_put(buffers, 1)


@periodic(ms(10), offset=ms(10), priority=PRI_KERNEL, cpu=1)
def watchdog() -> None:
    """Look whether the card is served."""
    now = served.packets
    assert now != served.seen, "nobody serves the card"
    served.seen = now
