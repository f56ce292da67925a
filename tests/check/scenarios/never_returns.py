"""A handler that waits for a word that nobody writes, and a clock on its CPU that interrupts it.

Parameters: HOW, 0 in a loop that has a way out, 1 in one that has none, 2 in one that calls what a table says.
"""

from collections.abc import Callable

from splx.scenario import *

HOW = Param("HOW", 0)


class Box(Struct):
    there: i64 = atomic()
    laps: i64 = atomic()


class Ops(Struct):
    look: Callable[[int], int]


box = Box()
ops = Ops()


def look(_: int) -> int:
    box.laps = 1 - box.laps
    return box.there


ops.look = look
nic = NIC("nic", Poisson(us(50)), cpu=0, limit=1)
clk = Clock("clk", Periodic(ms(1)), cpu=0)


@handler(nic, IPL_NET, mpsafe=True)
def intr() -> None:
    nic.pop()
    if HOW == 1:
        while True:
            box.laps = 1 - box.laps
    elif HOW == 2:
        while ops.look(0) == 0:
            pass
    else:
        while look(0) == 0:
            pass


@handler(clk, IPL_CLOCK, mpsafe=True)
def tick() -> None:
    clk.ack()


@thread(cpu=1)
def other() -> None:
    box.laps = 0
