"""Who takes `m` reads `a`; another thread reads `b` meanwhile, and a third one takes `m` and then `b`: no circle."""

from splx.scenario import *

a = RWLock("a")
b = RWLock("b")
m = Mutex("m")


@thread(cpu=0)
def one() -> None:
    rw_enter(a, RW_READER)
    with m:
        pass
    rw_exit(a)


@thread(cpu=1)
def two() -> None:
    rw_enter(b, RW_READER)
    rw_exit(b)


@thread(cpu=0)
def three() -> None:
    with m:
        rw_enter(b, RW_WRITER)
        rw_exit(b)
