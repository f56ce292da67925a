"""Three threads wait for a lock, and whoever gets it gives way while it has it."""

from splx.scenario import *

timer = Clock("timer", Periodic(ms(1), offset=us(10)))
table = Mutex("table")
go = Mutex("go", IPL_CLOCK)
gone = Condvar("gone")


@handler(timer, IPL_CLOCK, mpsafe=True)
def tick() -> None:
    timer.ack()
    with go:
        cv_broadcast(gone)


def wants() -> None:
    while True:
        with go:
            cv_wait(gone, go)
        with table:
            yield_()
            work(us(5))


@thread(cpu=0, priority=PRI_USER_RT)
def first() -> None:
    wants()


@thread(cpu=0, priority=PRI_USER_RT)
def second() -> None:
    wants()


@thread(cpu=0, priority=PRI_USER_RT)
def third() -> None:
    wants()
