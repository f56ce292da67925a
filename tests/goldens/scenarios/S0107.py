from splx.scenario import IPL_BIO, IPL_NET, NIC, Disk, Never, Recorded, handler

nic = NIC("wm0", Recorded("nic.csv"))
disk = Disk("sd0", Recorded("falling.csv", speedup=10))
tape = Disk("st0", Recorded("words.csv"))
drum = Disk("dr0", Recorded("falling.csv", cpu=5))
none = Disk("none", Recorded())
idle = Disk("idle", Never())


@handler(nic, IPL_NET)
def nic_intr() -> None:
    nic.pop()


@handler(disk, IPL_BIO)
@handler(tape, IPL_BIO)
@handler(drum, IPL_BIO)
@handler(none, IPL_BIO)
def sd_intr() -> None:
    disk.pop()
