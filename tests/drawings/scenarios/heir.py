"""A thread that waits for a lock, its owner, and a third one who comes when it is released."""

from splx.scenario import *

m = Mutex("m")


@thread(priority=PRI_USER, cpu=0)
def owner() -> None:
    mutex_enter(m)
    work(us(1))
    mutex_exit(m)


@thread(priority=PRI_USER_RT, cpu=1)
def heir() -> None:
    mutex_enter(m)
    mutex_exit(m)


@thread(priority=PRI_USER, cpu=1)
def third() -> None:
    mutex_enter(m)
    mutex_exit(m)
