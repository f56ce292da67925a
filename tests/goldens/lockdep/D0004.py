from splx.scenario import IPL_NET, NIC, Mutex, Periodic, handler, ms, us, work

nic = NIC("wm0", Periodic(ms(1)))
stats = Mutex("stats")


@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    while nic.pop() != 0:
        with stats:
            work(us(1))
