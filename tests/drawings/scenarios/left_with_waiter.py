"""A lock that one thread leaves while another comes for it."""

from splx.scenario import *

m = Mutex("m")


@thread(cpu=0)
def owner() -> None:
    mutex_enter(m)
    yield_()
    mutex_exit(m)


@thread(cpu=0)
def other() -> None:
    work(us(1))


@thread(cpu=1)
def waiter() -> None:
    mutex_enter(m)
    mutex_exit(m)
