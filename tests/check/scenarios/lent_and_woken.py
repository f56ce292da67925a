"""A thread with a lock is woken for another one, at the moment when a thread of another CPU lends to it."""

from splx.scenario import *

m = Mutex("m")
n = Mutex("n")


@thread(cpu=0, priority=PRI_USER)
def first() -> None:
    mutex_enter(m)
    yield_()
    mutex_exit(m)


@thread(cpu=0, priority=PRI_USER)
def second() -> None:
    mutex_enter(n)
    mutex_enter(m)
    mutex_exit(m)
    mutex_exit(n)


@thread(cpu=1, priority=PRI_USER_RT)
def third() -> None:
    mutex_enter(n)
    mutex_exit(n)
