"""A thread spins for a word that its CPU's handler sets first."""

from splx.lang.kernel import spin_while
from splx.scenario import *


class Box(Struct):
    came: i64 = atomic()


box = Box()
disk = NIC("disk", Poisson(us(50)), cpu=0, limit=1)


@handler(disk, IPL_NET, mpsafe=True)
def disk_intr() -> None:
    disk.pop()
    box.came = 1


@thread(cpu=0)
def reads() -> None:
    spin_while(box.came != 0)
