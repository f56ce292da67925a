"""A thread lets a line interrupt the other CPU, where its item has waited; a lesser one interrupts there about then."""

from splx.scenario import *

LATER = Param("LATER", 100)  # ns from then on to when that comes
tty = NIC("tty", Periodic(us(100), offset=us(5)), cpu=1, limit=1, trigger=LEVEL)
nic = NIC("nic", Periodic(us(100), offset=us(20) + ns(LATER)), cpu=1, limit=1, trigger=LEVEL)


@handler(tty, IPL_TTY, mpsafe=True)
def tty_intr() -> None:
    tty.pop()


@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    nic.pop()


@thread(cpu=0)
def opens() -> None:
    tty.disable()
    work(us(20))
    tty.enable()
