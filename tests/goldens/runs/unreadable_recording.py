"""A recording in which a time is a word."""

from splx.scenario import IPL_NET, NIC, Recorded, handler

nic = NIC("nic0", Recorded("recording.csv"))


@handler(nic, IPL_NET)
def nic_intr() -> None:
    while nic.pop() != 0:
        pass
