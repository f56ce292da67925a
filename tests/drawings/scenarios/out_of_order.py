"""Two simple locks of different levels, released in the order in which they were taken."""

from splx.scenario import *

a = Mutex("a", IPL_VM)
b = Mutex("b", IPL_CLOCK)


@thread(cpu=0)
def user() -> None:
    mutex_enter(a)
    mutex_enter(b)
    mutex_exit(a)
    mutex_exit(b)
