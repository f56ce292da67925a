"""A4: a spin lock that does not stop the scheduler.

`low` has taken the lock when an interrupt wakes `high`, which is better, runs in its place on the only CPU, and spins
for a lock whose owner cannot run. The knob is whether whoever takes the lock disables preemption first.

Source: zephyrproject-rtos/zephyr, pull request 36154.
"""

from splx.kernel.interface.lwp import Lwp, ci
from splx.kernel.interface.sched import lwp_park, lwp_unpark
from splx.lang.kernel import spin_while
from splx.machine.intrinsics import cas
from splx.scenario import *

PREEMPT_OFF = Param("PREEMPT_OFF", 1)


class Lock(Struct):
    word: i64 = atomic()


class Box(Struct):
    high: Lwp
    woken: i64


lock = Lock()
box = Box()
card = Audio("card", Poisson(ms(1)))


def take() -> None:
    if PREEMPT_OFF == 1:
        kpreempt_disable()
    while not cas(lock.word, 0, 1):
        spin_while(lock.word != 0)


def release() -> None:
    lock.word = 0
    if PREEMPT_OFF == 1:
        kpreempt_enable()


@handler(card, IPL_CLOCK, mpsafe=True)
def card_intr() -> None:
    card.pop()
    if box.high is not NULL and box.woken == 0:
        box.woken = 1
        lwp_unpark(box.high)


@thread(priority=PRI_USER_RT, cpu=0)
def high() -> None:
    box.high = ci.curlwp
    lwp_park()
    take()
    release()


@thread(priority=PRI_USER, cpu=0)
def low() -> None:
    take()
    release()
