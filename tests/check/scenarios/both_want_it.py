"""Two CPUs, and the big lock."""

from splx.scenario import *


@thread("one", cpu=0)
@thread("two", cpu=1)
def user(me: int) -> None:
    kernel_lock()
    kernel_unlock()
