"""A section without soft interrupts, with soft work at its end, and a clock that asks for some, under a raw lock."""

from splx.lang.kernel import spin_while
from splx.scenario import *

clock = Clock("clock", Poisson(ms(1)), limit=1)
raw = Mutex("raw", IPL_CLOCK)


class Box(Struct):
    asked: i64 = atomic()
    ticks: i64 = guarded_by("raw")


box = Box()


@softint(IPL_SOFTNET, mpsafe=True)
def late() -> None:
    box.asked = 0


@handler(clock, IPL_CLOCK, mpsafe=True)
def hardclock() -> None:
    clock.ack()
    with raw:
        box.ticks += 1
    box.asked = 1
    softint_schedule(late)


@thread(cpu=0)
def rest() -> None:
    s = splsoftnet()
    box.asked = 1
    softint_schedule(late)
    splx(s)
    with raw:
        box.ticks += 1
    spin_while(box.asked != 0)
