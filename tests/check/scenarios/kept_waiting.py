"""A thread that never sleeps is woken by an interrupt, and another thread stays ready for ever."""

from splx.scenario import *

tick = NIC("tick", Periodic(ms(1)), limit=1)
gate = Mutex("gate", IPL_NET)
bell = Condvar("bell")


class Box(Struct):
    rung: i64


box = Box()


@handler(tick, IPL_NET, mpsafe=True)
def ticked() -> None:
    tick.pop()
    with gate:
        box.rung = 1
        cv_signal(bell)


@thread(cpu=0, priority=PRI_USER_RT)
def busy() -> None:
    with gate:
        while box.rung == 0:
            cv_wait(bell, gate)
    while True:
        pass


@thread(cpu=0)
def user() -> None:
    pass
