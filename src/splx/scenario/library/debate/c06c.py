"""Data of one CPU, and two threads of it that add to them; the better one is woken by an interrupt.

Parameters: how, `nothing`, `count`, disable preemption, or `lock`, take a spin lock.
"""

from splx.kernel.interface.lwp import Lwp, ci
from splx.kernel.interface.sched import lwp_park, lwp_unpark
from splx.machine.intrinsics import fetch_add
from splx.scenario import *

HOW = ("nothing", "count", "lock").index(Param("how", "nothing"))


class Queue(PerCpu):
    """The data."""

    length: i64


class Box(Struct):
    """Who is woken, and how many are through."""

    better: Lwp
    woken: i64
    ended: i64 = atomic()


queue = Queue()
box = Box()
own = Mutex("own", IPL_VM)
card = NIC("wm0", Poisson(ms(1)), cpu=0, limit=1)


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    """Wake the better one."""
    card.pop()
    if box.better is not NULL and box.woken == 0:
        box.woken = 1
        lwp_unpark(box.better)


def add() -> None:
    """One more, kept from being divided, or not."""
    if HOW == 1:
        kpreempt_disable()
    elif HOW == 2:
        mutex_enter(own)
    queue.length += 1
    if HOW == 1:
        kpreempt_enable()
    elif HOW == 2:
        mutex_exit(own)
    if fetch_add(box.ended, 1) == 1:
        assert queue.length == 2, "an update is lost"


@thread("better", priority=PRI_USER_RT, cpu=0)
def better() -> None:
    """Wait for the card, and add."""
    box.better = ci.curlwp
    lwp_park()
    add()


@thread("user", priority=PRI_USER, cpu=0)
def user() -> None:
    """Add."""
    add()
