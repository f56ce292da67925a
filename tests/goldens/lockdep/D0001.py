# design: netbsd-2006
from splx.scenario import IPL_BIO, IPL_NET, NIC, Constant, Mutex, Periodic, handler, ms, thread, us, user_work, work

nic = NIC("wm0", Periodic(ms(1)))
stats = Mutex("stats", IPL_BIO)
THINK = Constant(us(100))


@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    while nic.pop() != 0:
        with stats:
            work(us(1))


@thread("reader")
def reader() -> None:
    while True:
        user_work(THINK)
        with stats:
            work(us("0.1"))
