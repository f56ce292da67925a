"""A thread that queues a call which it keeps from being made, and a clock that ticks meanwhile."""

from splx.scenario import *

clock = Clock("clock", Poisson(ms(1)), trigger=EDGE, limit=4)


@handler(clock, IPL_CLOCK, mpsafe=True)
def tick() -> None:
    clock.ack()
    hardclock()


@softint(IPL_SOFTNET, mpsafe=True)
def call() -> None:
    pass


@thread()
def keeper() -> None:
    s = splsoftclock()
    softint_schedule(call)
    work(us(1))
    splx(s)
