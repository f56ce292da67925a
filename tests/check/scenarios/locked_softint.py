"""A softint that relies on the big lock."""

from splx.scenario import *


@softint(IPL_SOFTNET)
def later() -> None:
    assert kernel_locked_p(), "without the big lock"


@thread(cpu=0)
def user() -> None:
    s = splhigh()
    softint_schedule(later)
    splx(s)
