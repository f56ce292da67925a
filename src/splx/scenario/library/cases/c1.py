"""C1: a release that is a test and a store.

`owner` sees that nobody waits, and is preempted by `waiter` before it frees the lock. `waiter` sees an owner that does
not run, leaves its mark, and sleeps; the store then wipes out the mark, and wakes nobody. The knob, mutant exit-split:
what kernels do instead is one instruction (x86), or a sequence that an interrupt sends back to its start (illumos).

Source: illumos uts/common/os/mutex.c, the comment on mutex_exit; NetBSD sys/kern/kern_mutex.c.
"""

from splx.kernel.interface.lwp import Lwp, ci
from splx.kernel.interface.sched import lwp_park, lwp_unpark
from splx.scenario import *


class Box(Struct):
    waiter: Lwp
    woken: i64


box = Box()
lock = Mutex("lock")
card = NIC("card", Poisson(ms(1)))


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    card.pop()
    if box.waiter is not NULL and box.woken == 0:
        box.woken = 1
        lwp_unpark(box.waiter)


@thread(priority=PRI_USER_RT, cpu=0)
def waiter() -> None:
    box.waiter = ci.curlwp
    lwp_park()
    with lock:
        pass


@thread(priority=PRI_USER, cpu=0)
def owner() -> None:
    with lock:
        pass
