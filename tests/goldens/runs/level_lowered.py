"""The handler lowers the level to let others in, and does not put it back."""

from splx.scenario import IPL_NET, IPL_NONE, NIC, Constant, Periodic, handler, splx, us

nic = NIC("nic0", Periodic(us(100)))
PER_PACKET = Constant(us(2))


@handler(nic, IPL_NET)
def nic_intr() -> None:
    item = nic.pop()
    splx(IPL_NONE)
    while item != 0:
        nic.work(item, PER_PACKET)
        item = nic.pop()
