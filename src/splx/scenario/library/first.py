"""The first scenario: a network card, its handler, and a thread that keeps a lock which the handler wants.

splx run first --design netbsd-5
splx run first --design doran-2006
"""

from splx.scenario import IPL_NET, NIC, Exponential, Mutex, Poisson, handler, thread, us, user_work, work

nic = NIC("wm0", Poisson(mean=us(50)))
table = Mutex("table", IPL_NET)

PER_PACKET = Exponential(us(2))
LOOKUP = Exponential(us(5))
THINK = Exponential(us(20))


@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    """Take what has arrived, each item under the lock."""
    item = nic.pop()
    while item != 0:
        with table:
            nic.work(item, PER_PACKET)
        item = nic.pop()


@thread("reader")
def reader() -> None:
    """Compute, look something up, for ever."""
    while True:
        user_work(THINK)
        with table:
            work(LOOKUP)
