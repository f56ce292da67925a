"""Two locks in opposite orders, with a clock that ticks beside them."""

from splx.scenario import *

a = Mutex("a")
b = Mutex("b")
tick = Clock("tick", Periodic(ms(1)), cpu=0)
ORDER = Param("ORDER", 1)


@handler(tick, IPL_CLOCK, mpsafe=True)
def ticks() -> None:
    tick.ack()


@thread(cpu=0)
def one() -> None:
    mutex_enter(a)
    mutex_enter(b)
    mutex_exit(b)
    mutex_exit(a)


@thread(cpu=1)
def two() -> None:
    if ORDER == 1:
        mutex_enter(b)
        mutex_enter(a)
        mutex_exit(a)
        mutex_exit(b)
    else:
        mutex_enter(a)
        mutex_enter(b)
        mutex_exit(b)
        mutex_exit(a)
