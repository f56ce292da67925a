"""A card's handler that takes a buffer for each packet and says that it may wait; the disk gives it back.

As c11a, so small that every interleaving can be looked at: two packets come.

Parameters: stock, how many buffers there are.
"""

from splx.scenario import *

nic = NIC("wm0", Poisson(ms(1)), cpu=0, limit=2)
disk = Disk("sd0", ClosedLoop(Constant(us(50))), cpu=0)
buffers = Pool("mbufs", Param("stock", 1), IPL_NET)


@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    """A buffer for each packet, and to the disk with it."""
    while nic.pop() != 0:
        pool_get(buffers, PR_WAITOK)
        disk.submit()


@handler(disk, IPL_BIO, mpsafe=True)
def sd_intr() -> None:
    """What is written needs no buffer any more."""
    while disk.pop() != 0:
        pool_put(buffers, 1)
