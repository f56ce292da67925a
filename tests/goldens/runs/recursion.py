"""The handler takes the lock, and so does the function that it calls."""

from splx.scenario import IPL_NET, NIC, Mutex, Periodic, Struct, handler, i64, mutex_enter, mutex_exit, us


class Counts(Struct):
    packets: i64


nic = NIC("nic0", Periodic(us(100)))
lock = Mutex("counts", IPL_NET)
counts = Counts()


def counted() -> None:
    mutex_enter(lock)
    counts.packets += 1
    mutex_exit(lock)


@handler(nic, IPL_NET)
def nic_intr() -> None:
    mutex_enter(lock)
    while nic.pop() != 0:
        counted()
    mutex_exit(lock)
