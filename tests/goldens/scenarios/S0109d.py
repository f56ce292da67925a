from splx.scenario import *

nic = NIC(5, Periodic(us(50)))
table = Mutex(6)
full = Condvar("full\x1b[31m")
lost = Statistic(7)
size = Param(8, 64)


@handler(nic, IPL_NET)
def intr() -> None:
    nic.pop()
