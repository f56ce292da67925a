from splx.scenario import IPL_NET, NIC, Mutex, Periodic, handler, ms, mutex_exit, mutex_tryenter

nic = NIC("wm0", Periodic(ms(1)))
stats = Mutex("stats")


@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    while nic.pop() != 0:
        if mutex_tryenter(stats):
            mutex_exit(stats)
