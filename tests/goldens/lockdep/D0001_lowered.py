# design: netbsd-2006
# Declared as it should be, and released in the order of taking, which in 2006 lowers the level too early.
from splx.scenario import (
    IPL_NET,
    IPL_VM,
    NIC,
    Constant,
    Mutex,
    Periodic,
    handler,
    ms,
    mutex_enter,
    mutex_exit,
    thread,
    us,
    user_work,
    work,
)  # fmt: skip

nic = NIC("wm0", Periodic(ms(1)))
outer = Mutex("outer", IPL_NET)
stats = Mutex("stats", IPL_VM)
THINK = Constant(us(100))


@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    while nic.pop() != 0:
        with stats:
            work(us(1))


@thread("reader")
def reader() -> None:
    while True:
        user_work(THINK)
        mutex_enter(outer)
        mutex_enter(stats)
        mutex_exit(outer)
        mutex_exit(stats)
