"""The handler forgets the lock on the way out when the ring is empty."""

from splx.scenario import IPL_NET, NIC, Constant, Mutex, Periodic, handler, mutex_enter, mutex_exit, us

nic = NIC("nic0", Periodic(us(100)))
ring = Mutex("ring", IPL_NET)
PER_PACKET = Constant(us(2))


@handler(nic, IPL_NET)
def nic_intr() -> None:
    mutex_enter(ring)
    item = nic.pop()
    while item != 0:
        nic.work(item, PER_PACKET)
        item = nic.pop()
        if item == 0:
            return
    mutex_exit(ring)
