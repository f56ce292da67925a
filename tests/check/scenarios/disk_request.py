"""A disk that serves one request, in a time that is always the same, or drawn."""

from splx.scenario import *

HOW = Param("HOW", 0)
TIMES = (Constant(us(5)), Exponential(us(5)), Quantiles([us(1), us(2), us(9)]))
disk = Disk("disk", ClosedLoop(TIMES[HOW]))


@handler(disk, IPL_BIO, mpsafe=True)
def disk_intr() -> None:
    item = disk.pop()
    assert item == 0, "it is served"


@thread(cpu=0)
def user() -> None:
    disk.submit()
