"""A thread that holds soft work back twice, and a clock that asks for some."""

from splx.scenario import *

clock = Clock("clock", Poisson(ms(1)), limit=1)


@softint(IPL_SOFTNET, mpsafe=True)
def late() -> None:
    work(us(1))


@handler(clock, IPL_CLOCK, mpsafe=True)
def hardclock() -> None:
    clock.ack()
    softint_schedule(late)


@thread(cpu=0)
def section() -> None:
    for _ in range(2):
        s = splsoftnet()
        splx(s)
