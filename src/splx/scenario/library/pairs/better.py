"""A better thread, and one that is in the kernel for long, and takes a lock in the middle."""

from splx.scenario import *

table = Mutex("table")


@periodic(us(200), priority=PRI_USER_RT, cpu=0)
def control() -> None:
    work(us(1))


@thread(cpu=0, priority=PRI_USER)
def in_the_kernel() -> None:
    while True:
        work(us(100))
        with table:
            pass
        work(us(100))
        yield_()
