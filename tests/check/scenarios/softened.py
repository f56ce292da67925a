"""Two softints of different levels, asked for where neither may run."""

from splx.scenario import *


@softint(IPL_SOFTCLOCK)
def lower() -> None:
    work(us(1))


@softint(IPL_SOFTNET)
def higher() -> None:
    s = splhigh()
    splx(s)


@thread(cpu=0)
def user() -> None:
    s = splhigh()
    softint_schedule(lower)
    softint_schedule(higher)
    splx(s)
