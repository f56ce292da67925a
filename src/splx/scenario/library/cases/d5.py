"""D5: data of one CPU, and two threads of that CPU.

No other CPU touches the word, so it needs no lock; but the better thread can come in the middle of the other one's
addition. The knob is whether they disable preemption meanwhile. With SOFT=1 each leaves the addition to a soft
interrupt; under PREEMPT_RT that is done by threads, and the knob is the lock of the CPU (linux-rt:bh=lock), without
which one preempts the other (bh=none). What the lock costs instead is an inversion, see d1.

Source: Linux 3253cb49cbad, and the faults that came up when PREEMPT_RT no longer took a lock of the CPU there.
"""

from splx.kernel.interface.lwp import Lwp, ci
from splx.kernel.interface.sched import lwp_park, lwp_unpark
from splx.machine.intrinsics import fetch_add
from splx.scenario import *

PREEMPT_OFF = Param("PREEMPT_OFF", 1)
SOFT = Param("SOFT", 0)


class Queue(PerCpu):
    length: i64


class Box(Struct):
    high: Lwp
    woken: i64
    ended: i64 = atomic()


queue = Queue()
box = Box()
card = NIC("card", Poisson(ms(1)), limit=1 if SOFT == 1 else None)


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    card.pop()
    if SOFT == 1:
        softint_schedule(soft_high)
    elif box.high is not NULL and box.woken == 0:
        box.woken = 1
        lwp_unpark(box.high)


def add() -> None:
    if PREEMPT_OFF == 1:
        kpreempt_disable()
    queue.length += 1
    if PREEMPT_OFF == 1:
        kpreempt_enable()
    if fetch_add(box.ended, 1) == 1:
        assert queue.length == 2, "an update is lost"


@softint(IPL_SOFTNET, mpsafe=True)
def soft_high() -> None:
    add()


@softint(IPL_SOFTNET, mpsafe=True)
def soft_low() -> None:
    add()


def high() -> None:
    box.high = ci.curlwp
    lwp_park()
    add()


if SOFT == 0:
    thread(priority=PRI_USER_RT, cpu=0)(high)


@thread(priority=PRI_USER, cpu=0)
def low() -> None:
    if SOFT == 1:
        softint_schedule(soft_low)
    else:
        add()
