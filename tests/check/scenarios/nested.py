"""The big lock, taken twice."""

from splx.scenario import *


@thread(cpu=0)
def user() -> None:
    kernel_lock()
    kernel_lock()
    kernel_unlock()
    kernel_unlock()
