"""A clock whose handler asks for soft work."""

from splx.scenario import *

clock = Clock("clock", Never())


@softint(IPL_SOFTCLOCK, mpsafe=True)
def softclock() -> None:
    work(us(1))


@handler(clock, IPL_CLOCK, mpsafe=True)
def hardclock() -> None:
    clock.ack()
    softint_schedule(softclock)


@thread(cpu=0)
def busy() -> None:
    work(us(1))
