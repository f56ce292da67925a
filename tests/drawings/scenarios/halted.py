"""A callout that a thread on another CPU schedules, and halts when it is due."""

from splx.scenario import *

clock = Clock("clock", Never(), cpu=0)
clock1 = Clock("clock1", Never(), cpu=1)


@handler(clock, IPL_CLOCK, mpsafe=True)
def clock_intr() -> None:
    clock.ack()
    callout_schedule(c, 1)
    hardclock()


@handler(clock1, IPL_CLOCK, mpsafe=True)
def clock1_intr() -> None:
    clock1.ack()
    hardclock()


def late() -> None:
    work(us(1))


c = Callout(late, name="c", mpsafe=True)


@thread(cpu=1)
def user() -> None:
    callout_halt(c, NULL)
