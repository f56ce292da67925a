"""Two give way to each other for ever, beside one who goes on. HOW: 0 `three` does nothing, 1 it polls for what the
card brings, 2 it goes round and round, 5 it does so while `four` sleeps for what nobody says. In 3 and 4 `one` is
alone, and only unlucky: 3 `three` has what it wants whenever it asks, 4 it looks whenever `three` has not yet said it.
"""

from splx.machine.intrinsics import cas
from splx.scenario import *

HOW = Param("HOW", 0)


class Box(Struct):
    x: i64 = atomic()
    y: i64 = atomic()
    n: i64 = atomic()
    came: i64 = atomic()


box = Box()
said, lock = Condvar("said"), Mutex("lock")
card = NIC("card", Poisson(us(100)))


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    if card.pop() != 0:
        box.came = 1


@thread(cpu=0)
def one() -> None:
    box.x = 1
    if HOW == 3:
        while not cas(box.n, 0, 1):
            box.x = 0
            box.x = 1
        box.n = 0
    elif HOW == 4:
        while box.n == 0:
            box.x = 0
            box.x = 1
    else:
        while box.y == 1:
            box.x = 0
            box.x = 1
    box.x = 0


@thread(cpu=1)
def two() -> None:
    if HOW < 3 or HOW == 5:
        box.y = 1
        while box.x == 1:
            box.y = 0
            box.y = 1
        box.y = 0


@thread(cpu=2)
def three() -> None:
    if HOW == 1:
        while True:
            while box.came == 0:
                pass
            box.came = 0
    if HOW == 3:
        while True:
            while not cas(box.n, 0, 2):
                pass
            box.n = 0
    if HOW == 2 or HOW > 3:
        while True:
            box.n = 1
            box.n = 0


if HOW == 5:

    @thread(cpu=2)
    def four() -> None:
        with lock:
            cv_wait(said, lock)
