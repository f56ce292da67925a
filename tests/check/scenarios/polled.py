"""A thread takes an item of a card that interrupts the other CPU, which lets interrupts in again about then."""

from splx.scenario import *

LOOKS = Param("LOOKS", 900)  # ns from when the item comes
nic = NIC("nic", Periodic(us(100), offset=us(20)), cpu=1, limit=1, trigger=LEVEL)


@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    nic.pop()


@thread(cpu=0)
def polls() -> None:
    work(us(20) + ns(LOOKS))
    nic.pop()


@thread(cpu=1)
def deaf() -> None:
    s = splhigh()
    work(us(21))
    splx(s)
    work(us(5))
