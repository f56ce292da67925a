"""Two threads that want one lock of threads."""

from splx.scenario import *

m = Mutex("m", IPL_NONE)


@thread("first", cpu=0, arg=m)
@thread("second", cpu=1, arg=m)
def user(lock: Mutex) -> None:
    mutex_enter(lock)
    mutex_exit(lock)
