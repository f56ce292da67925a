"""Two threads that do to words whatever can be done to them."""

from splx.machine.intrinsics import cas, cas_local, choose, fence, fetch_add, swap
from splx.scenario import *


class Box(Struct):
    a: i64 = atomic()
    b: i64 = atomic()
    lock: Mutex


box = Box(lock=Mutex("m"))
nic = NIC("nic", Never(), cpu=0)


@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    nic.pop()


@thread(cpu=0)
def writer() -> None:
    box.a = 1
    box.b = box.a + 1
    fence()
    cas(box.a, 1, 5)
    cas_local(box.a, 1, 6)
    swap(box.a, 7)
    fetch_add(box.b, 3)
    box.b = choose(4)
    assert box.lock is not NULL


@thread(cpu=1)
def reader() -> None:
    while box.a != 1:
        pass
    box.b = 9
