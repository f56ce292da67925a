"""Two threads that take two locks of threads in opposite orders."""

from splx.scenario import *

a = Mutex("a")
b = Mutex("b")


@thread(cpu=0)
def one() -> None:
    mutex_enter(a)
    mutex_enter(b)
    mutex_exit(b)
    mutex_exit(a)


@thread(cpu=1)
def other() -> None:
    mutex_enter(b)
    mutex_enter(a)
    mutex_exit(b)
    mutex_exit(a)
