"""Beside a clock that ticks for ever, two threads. HOW they get nowhere, or do:

0 each holds what the other tries to take; 1 nobody does, for both take them in one order;
2 both step back for each other, again and again; 3 only one of them does, until the other is through;
4 one polls what the clock's handler writes; 5 one polls what nobody writes;
6 one tries to take what the other holds while it sleeps for the clock, and gives up each time.
"""

from splx.scenario import *

HOW = Param("HOW", 0)


class Box(Struct):
    one: i64 = atomic()
    two: i64 = atomic()
    ticked: i64 = atomic()


box = Box()
first, second = Mutex("first", IPL_HIGH), Mutex("second", IPL_HIGH)
held, lock, came = Mutex("held"), Mutex("lock", IPL_CLOCK), Condvar("came")
clock = Clock("clock", Poisson(ms(1)), cpu=2)


@handler(clock, IPL_CLOCK, mpsafe=True)
def tick() -> None:
    clock.ack()
    if HOW == 4:
        box.ticked = 1
    if HOW == 6:
        with lock:
            box.ticked = 1
            cv_signal(came)


def both(mine: Mutex, other: Mutex) -> None:
    mutex_enter(mine)
    while not mutex_tryenter(other):
        pass
    mutex_exit(other)
    mutex_exit(mine)


if HOW < 2:

    @thread(cpu=0)
    def one() -> None:
        both(first, second)

    @thread(cpu=1)
    def two() -> None:
        if HOW == 0:
            both(second, first)
        else:
            both(first, second)

elif HOW < 4:

    @thread(cpu=0)
    def one() -> None:
        box.one = 1
        while HOW == 2 and box.two == 1:
            box.one = 0
            box.one = 1
        box.one = 0

    @thread(cpu=1)
    def two() -> None:
        box.two = 1
        while box.one == 1:
            box.two = 0
            box.two = 1
        box.two = 0

elif HOW < 6:

    @thread(cpu=0)
    def one() -> None:
        while box.ticked == 0:
            pass

else:

    @thread(cpu=0)
    def one() -> None:
        while not mutex_tryenter(held):
            pass
        mutex_exit(held)

    @thread(cpu=1)
    def two() -> None:
        while True:
            with held, lock:
                while box.ticked == 0:
                    cv_wait(came, lock)
                box.ticked = 0
