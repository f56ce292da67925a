"""Who sleeps can be woken by an interrupt, but never runs again: the other thread of its CPU never sleeps any more."""

from splx.scenario import *

WOKEN = Param("WOKEN", 1)  # 0: the interrupt wakes nobody
SLEEPERS = Param("SLEEPERS", 1)
tick = Clock("tick", Periodic(ms(1)), cpu=0)
gate = Mutex("gate", IPL_CLOCK)
bell = Condvar("bell")
begun = Condvar("begun")


class Box(Struct):
    rung: i64
    asleep: i64


box = Box()


@handler(tick, IPL_CLOCK, mpsafe=True)
def ticked() -> None:
    tick.ack()
    if WOKEN == 1:
        with gate:
            if box.asleep == SLEEPERS:
                box.rung = 1
                cv_signal(bell)


def sleeper() -> None:
    with gate:
        box.asleep += 1
        cv_signal(begun)
        while box.rung == 0:
            cv_wait(bell, gate)


for n in range(SLEEPERS):
    thread(f"sleeper{n}", cpu=0)(sleeper)


@thread(cpu=0)
def busy() -> None:
    with gate:
        while box.asleep < SLEEPERS:
            cv_wait(begun, gate)
    while True:
        pass
