"""Two threads take the big lock and an adaptive one in opposite orders: the big lock is dropped while one sleeps."""

from splx.scenario import *

m = Mutex("m")


@thread(cpu=0)
def waiter() -> None:
    kernel_lock()
    mutex_enter(m)
    mutex_exit(m)
    kernel_unlock()


@thread(cpu=1)
def owner() -> None:
    mutex_enter(m)
    kernel_lock()
    kernel_unlock()
    mutex_exit(m)
