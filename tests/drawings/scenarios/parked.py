"""A thread that parks, and a handler on another CPU that lets it go."""

from splx.kernel.interface.lwp import Lwp, ci
from splx.kernel.interface.sched import lwp_park, lwp_unpark
from splx.scenario import *


class Box(Struct):
    who: Lwp


box = Box()
nic = NIC("nic", Never(), cpu=1)


@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    nic.pop()
    if box.who is not NULL:
        lwp_unpark(box.who)


@thread("l", cpu=0)
def parks() -> None:
    box.who = ci.curlwp
    lwp_park()
