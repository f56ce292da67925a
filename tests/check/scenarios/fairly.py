"""Three threads of one priority, and some ticks of a clock."""

from splx.scenario import *

clock = Clock("clock", Poisson(ms(1)), cpu=0, limit=2)


@handler(clock, IPL_CLOCK, mpsafe=True)
def clock_intr() -> None:
    clock.ack()
    hardclock()


@thread(cpu=0, count=3)
def user() -> None:
    work(us(1))
