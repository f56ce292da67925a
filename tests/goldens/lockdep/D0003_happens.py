# design: netbsd-2006
# cpus: 2
# The first interrupt of all is the one: what it would have run is known by its level.
from splx.scenario import (
    IPL_BIO,
    IPL_NET,
    NIC,
    Mutex,
    Periodic,
    handler,
    kernel_lock,
    kernel_unlock,
    ms,
    thread,
    us,
    work,
)  # fmt: skip

nic = NIC("wm0", Periodic(ms(1), offset=us(50)), cpu=0)
disk = Mutex("disk", IPL_BIO)


@handler(nic, IPL_NET)
def nic_intr() -> None:
    while nic.pop() != 0:
        work(us(1))


@thread("reader", cpu=0)
def reader() -> None:
    with disk:
        work(us(100))


@thread("writer", cpu=1)
def writer() -> None:
    work(us(10))
    kernel_lock()
    with disk:
        work(us(1))
    kernel_unlock()
