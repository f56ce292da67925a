"""A card whose handler needs a lock that the interrupted thread may hold.

Parameters: held, percent of the time that the thread holds it.
"""

from splx.scenario import *

HELD = Param("held", 20)

nic = NIC("wm0", Poisson(rate=10_000), cpu=0)
table = Mutex("table", IPL_NET)


@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    """Take what has come, and note it in the table."""
    while nic.pop() != 0:
        with table:
            work(ns(200))


@thread("user", cpu=0)
def user() -> None:
    """Look into the table, and do something else, for ever."""
    while True:
        with table:
            work(us(1) * HELD // 5)
        work(us(1) * (100 - HELD) // 5)
