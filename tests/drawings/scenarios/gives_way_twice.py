"""The owner of a lock gives way while another thread comes for the lock, and again when it has released it."""

from splx.scenario import *

m = Mutex("m")


@thread(cpu=0)
def owner() -> None:
    mutex_enter(m)
    yield_()
    mutex_exit(m)
    yield_()


@thread(cpu=0)
def other() -> None:
    work(us(1))
    yield_()
    work(us(1))


@thread(cpu=1)
def waiter() -> None:
    mutex_enter(m)
    mutex_exit(m)
