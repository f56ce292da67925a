"""Three threads that take a lock of threads, each on a CPU of its own."""

from splx.scenario import *

m = Mutex("m")


@thread("one", cpu=0, arg=m)
@thread("two", cpu=1, arg=m)
@thread("three", cpu=2, arg=m)
def user(lock: Mutex) -> None:
    mutex_enter(lock)
    mutex_exit(lock)
