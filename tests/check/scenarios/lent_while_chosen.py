"""A thread gives way with a lock, and comes to run again while a better one on another CPU lends to it."""

from splx.scenario import *

m = Mutex("m")


@thread(cpu=0, priority=PRI_USER_RT)
def owner() -> None:
    with m:
        yield_()


@thread(cpu=0, priority=PRI_USER_RT)
def other() -> None:
    work(us(1))


@thread(cpu=1, priority=PRI_USER_RT + 10)
def waiter() -> None:
    with m:
        pass
