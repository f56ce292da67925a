from splx.scenario import IPL_NET, NIC, Condvar, Mutex, Periodic, cv_wait, handler, ms

nic = NIC("wm0", Periodic(ms(1)))
lock = Mutex("lock", IPL_NET)
ready = Condvar("ready")


@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    while nic.pop() != 0:
        with lock:
            cv_wait(ready, lock)
