"""A card's handler, mpsafe or not, beside code of old that has the big lock most of the time."""

from splx.scenario import *

SAFE = Param("safe", 0)
nic = NIC("nic", Periodic(us(100), offset=us(10)), cpu=0)


@handler(nic, IPL_NET, mpsafe=SAFE != 0)
def nic_intr() -> None:
    while nic.pop() != 0:
        pass


@thread(cpu=1)
def old_code() -> None:
    while True:
        kernel_lock()
        work(us(80))
        kernel_unlock()
        work(us(20))
