# design: netbsd-2006
# cpus: 2
# Two simple locks of different levels, an interrupt between them (Thorpe, 1999).
from splx.scenario import IPL_BIO, IPL_NET, NIC, Constant, Mutex, Periodic, handler, ms, thread, us, user_work, work

nic = NIC("wm0", Periodic(ms(1)), cpu=0)
a = Mutex("a", IPL_BIO)
b = Mutex("b", IPL_NET)
THINK = Constant(us(50))


@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    while nic.pop() != 0:
        with b:
            work(us(1))


@thread("one", cpu=0)
def one() -> None:
    with a:
        work(us(1))


@thread("two", cpu=1)
def two() -> None:
    user_work(THINK)
    with b, a:
        work(us(1))
