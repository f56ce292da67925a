"""A thread that sends a call to a CPU whose clock ticks just then."""

from splx.scenario import *

clock = Clock("clock", Never(), trigger=EDGE)


@handler(clock, IPL_CLOCK, mpsafe=True)
def tick() -> None:
    hardclock()


@softint(IPL_SOFTSERIAL, mpsafe=True)
def urgent() -> None:
    pass


@thread(cpu=0)
def busy() -> None:
    work(us(9))


@thread(cpu=1)
def sender() -> None:
    softint_schedule_cpu(urgent, 0)
