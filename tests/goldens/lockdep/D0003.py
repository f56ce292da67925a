# design: netbsd-2006
# cpus: 2
# The debate's own: a spin lock held below the level of an interrupt that takes the big lock.
from splx.scenario import (
    IPL_BIO,
    IPL_NET,
    NIC,
    Constant,
    Mutex,
    Periodic,
    handler,
    kernel_lock,
    kernel_unlock,
    ms,
    thread,
    us,
    user_work,
    work,
)  # fmt: skip

nic = NIC("wm0", Periodic(ms(1)), cpu=0)
disk = Mutex("disk", IPL_BIO)
THINK = Constant(us(50))


@handler(nic, IPL_NET)
def nic_intr() -> None:
    while nic.pop() != 0:
        work(us(1))


@thread("reader", cpu=0)
def reader() -> None:
    with disk:
        work(us(1))


@thread("writer", cpu=1)
def writer() -> None:
    user_work(THINK)
    kernel_lock()
    with disk:
        work(us(1))
    kernel_unlock()
