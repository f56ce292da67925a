"""Two threads that are passed the lock they take."""

from splx.scenario import *

m = Mutex("m", IPL_VM)


@thread("one", cpu=0, arg=m)
@thread("other", cpu=1, arg=m)
def user(lock: Mutex) -> None:
    mutex_enter(lock)
    mutex_exit(lock)
