# design: netbsd-2006
# The handler does come in: the kernel notices, and the run ends there.
from splx.scenario import IPL_BIO, IPL_NET, NIC, Mutex, Periodic, handler, ms, thread, us, work

nic = NIC("wm0", Periodic(ms(1), offset=us(100)))
stats = Mutex("stats", IPL_BIO)


@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    while nic.pop() != 0:
        with stats:
            work(us(1))


@thread("reader")
def reader() -> None:
    with stats:
        work(us(500))
