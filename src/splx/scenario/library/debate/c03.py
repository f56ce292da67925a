"""A table that two CPUs and a card's handler use, and a disk that has nothing to do with it.

Parameters: hold, how long a thread keeps the table each time, on average; it has it for a quarter of its time; users,
of how many CPUs a thread uses it: with one there is no other CPU.
"""

from splx.scenario import *

HOLD = Param("hold", us(5))
USERS = Param("users", 2)

nic = NIC("wm0", Poisson(rate=10_000), cpu=0)
disk = Disk("sd0", Poisson(rate=5_000), cpu=0)
table = Mutex("table", IPL_NET)
HELD = Exponential(HOLD)
BETWEEN = Exponential(3 * HOLD)


@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    """Take what has come, and note it in the table."""
    while nic.pop() != 0:
        with table:
            work(ns(200))


@handler(disk, IPL_BIO, mpsafe=True)
def sd_intr() -> None:
    """Take what has come."""
    while disk.pop() != 0:
        pass


def user() -> None:
    """Look into the table, and do something else, for ever."""
    while True:
        with table:
            work(HELD)
        work(BETWEEN)


for cpu in range(USERS):
    thread(f"user{cpu}", cpu=cpu)(user)
