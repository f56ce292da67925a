"""The handler takes a buffer and would wait for one."""

from splx.scenario import IPL_NET, NIC, PR_WAITOK, Constant, Periodic, Pool, handler, pool_get, pool_put, us

nic = NIC("nic0", Periodic(us(100)))
buffers = Pool("buffers", 8)
PER_PACKET = Constant(us(2))


@handler(nic, IPL_NET)
def nic_intr() -> None:
    item = nic.pop()
    while item != 0:
        buffer = pool_get(buffers, PR_WAITOK)
        nic.work(item, PER_PACKET)
        pool_put(buffers, buffer)
        item = nic.pop()
