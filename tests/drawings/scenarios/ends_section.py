"""A thread at the end of a section without soft interrupts, and a clock whose handler asks for soft work."""

from splx.scenario import *

clock = Clock("clock", Never())


@softint(IPL_SOFTNET, mpsafe=True)
def late() -> None:
    work(us(1))


@handler(clock, IPL_CLOCK, mpsafe=True)
def hardclock() -> None:
    clock.ack()
    softint_schedule(late)


@thread(cpu=0)
def rest() -> None:
    s = splsoftnet()
    splx(s)
