"""A thread that gives way with the big lock, where there is one."""

from splx.scenario import *

optional(kernel_lock)


@thread(cpu=0)
def user() -> None:
    kernel_lock()
    yield_()
    kernel_unlock()
