"""A thread with the big lock, then without preemption, then at a raised level. A better one, which a card wakes, comes
when it may; the first waits for it."""

from splx.kernel.interface.lwp import Lwp, ci
from splx.kernel.interface.sched import lwp_park, lwp_unpark
from splx.lang.kernel import spin_while
from splx.scenario import *


class Box(Struct):
    better: Lwp
    woken: i64
    through: i64 = atomic()


box = Box()
card = Audio("card", Poisson(ms(1)))


@handler(card, IPL_AUDIO, mpsafe=True)
def card_intr() -> None:
    card.pop()
    if box.better is not NULL and box.woken == 0:
        box.woken = 1
        lwp_unpark(box.better)


@thread(priority=PRI_USER_RT, cpu=0)
def better() -> None:
    box.better = ci.curlwp
    lwp_park()
    box.through = 1


@thread(priority=PRI_USER, cpu=0)
def owner() -> None:
    kernel_lock()
    kernel_unlock()
    kpreempt_disable()
    s = splvm()
    kpreempt_enable()
    splx(s)
    spin_while(box.through == 0)
