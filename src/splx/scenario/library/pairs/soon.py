"""Two cards on two CPUs have the same thing done soon: by a tasklet, or by a soft interrupt.

The second asks for it while it runs on the first CPU, and beneath the second there is a thread that counts its laps.
"""

from splx.machine.intrinsics import fetch_add
from splx.scenario import *

TASKLET = Param("tasklet", 1)
left = NIC("left", Periodic(us(100), offset=us(10)), cpu=0)
right = NIC("right", Periodic(us(100), offset=us(12)), cpu=1)
at_once = Statistic("runs at the same time")
laps = Statistic("laps")


class Runs(Struct):
    now: i64 = atomic()


runs = Runs()


def body() -> None:
    if fetch_add(runs.now, 1) != 0:
        count(at_once, 1)
    work(us(20))
    fetch_add(runs.now, -1)


@tasklet()
def one() -> None:
    body()


@softint(IPL_SOFTNET, mpsafe=True)
def each() -> None:
    body()


def ask() -> None:
    if TASKLET == 1:
        tasklet_schedule(one)
    else:
        softint_schedule(each)


@handler(left, IPL_NET, mpsafe=True)
def left_intr() -> None:
    left.pop()
    ask()


@handler(right, IPL_NET, mpsafe=True)
def right_intr() -> None:
    right.pop()
    ask()


@thread(cpu=1)
def beneath() -> None:
    while True:
        work(us(10))
        count(laps, 1)
