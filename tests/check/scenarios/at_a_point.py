"""A section that keeps soft interrupts out takes a lock, while a better thread waits to run on its CPU."""

from splx.scenario import *


class Box(Struct):
    inside: i64
    ready: i64


box = Box()
nic = NIC("nic", Poisson(ms(1)), limit=1)
inner = Mutex("inner", IPL_NET)
came = Condvar("came")
table = Mutex("table")


@softint(IPL_SOFTNET, mpsafe=True)
def soft() -> None:
    assert box.inside == 0, "a soft interrupt comes into the section"


@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    nic.pop()
    with inner:
        box.ready = 1
        cv_signal(came)
    softint_schedule(soft)


@thread(cpu=0, priority=PRI_USER_RT)
def better() -> None:
    with inner:
        while box.ready == 0:
            cv_wait(came, inner)


@thread(cpu=0, priority=PRI_USER)
def section() -> None:
    s = splsoftnet()
    box.inside = 1
    with table:
        pass
    box.inside = 0
    splx(s)
