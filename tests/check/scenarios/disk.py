"""A thread asks a disk for something, and looks until it is done."""

from splx.scenario import *

disk = Disk("disk", ClosedLoop(Constant(us(1))))


class Box(Struct):
    done: i64 = atomic()


box = Box()


@handler(disk, IPL_BIO, mpsafe=True)
def disk_intr() -> None:
    disk.pop()
    box.done = 1


@thread(cpu=0)
def reader() -> None:
    disk.submit()
    while box.done == 0:
        yield_()


@eventually
def it_is_read() -> bool:
    return box.done == 1
