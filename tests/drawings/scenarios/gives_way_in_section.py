"""A thread in a section without soft interrupts, and a better one that a clock wakes."""

from splx.kernel.interface.lwp import Lwp, ci
from splx.kernel.interface.sched import lwp_park, lwp_unpark
from splx.scenario import *

clock = Clock("clock", Never())


class Box(Struct):
    high: Lwp


box = Box()


@handler(clock, IPL_CLOCK, mpsafe=True)
def hardclock() -> None:
    clock.ack()
    lwp_unpark(box.high)


@thread(cpu=0, priority=PRI_USER_RT)
def high() -> None:
    box.high = ci.curlwp
    lwp_park()
    work(us(1))


@thread(cpu=0)
def low() -> None:
    s = splnet()
    work(us(1))
    splx(s)
