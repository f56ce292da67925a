"""The owner of a lock takes the big lock, too; another thread has the big lock first, and then wants the lock."""

from splx.scenario import *

m = Mutex("m")


@thread(cpu=0)
def waiter() -> None:
    kernel_lock()
    kernel_unlock()
    mutex_enter(m)
    mutex_exit(m)


@thread(cpu=1)
def owner() -> None:
    mutex_enter(m)
    kernel_lock()
    mutex_exit(m)
    kernel_unlock()
