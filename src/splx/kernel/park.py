"""_lwp_park(2), within the kernel: a thread sleeps until it is let go, and what it is let go for is counted.

What
----
The simplest thing a handler can do for a thread. `lwp_unpark` counts, `lwp_park` takes one off the count or sleeps
until it can. A periodic thread parks after every job, and the handler of its timer line unparks it.

Why
---
A condition variable needs a lock and a word of the caller's; here the thread itself is both. Counted, because a
thread that is late for one release has not lost the next.

The race
--------
    cpu0: thread                        cpu1: handler
    reads l.l_unparked: 0       -- lwp_park
                                        interrupt nic
                                        lwp_unpark(l)
                                        spins on sh_lock.word
    sleepq_enter
    sh_lock.word := 0           -- mi_switch
                                        sleepq_remove
                                        lwp_unpark returns
    lwp_park returns

Or the handler is first:

    cpu0: thread                        cpu1: handler
    box.who := l                -- before it parks
                                        interrupt nic
                                        l.l_unparked := 1
                                        lwp_unpark returns
    l.l_unparked := 0           -- lwp_park
    lwp_park returns

Invariants
----------
1. A parked thread has a count of 0.

Sources
-------
NetBSD sys/kern/sys_lwp.c (lwp_park, lwp_unpark; there a flag, LW_UNPARKED, and not a count), about 2013.

Left out
--------
Time-outs, the lists of threads to unpark, user space.
"""

from __future__ import annotations

from splx.kernel.interface.locks import kernel_relock, kernel_unlock_all, mutex_spin_enter, mutex_spin_exit
from splx.kernel.interface.lwp import Lwp, ci
from splx.kernel.interface.sched import (
    SleepHash,
    mi_switch,
    sleep_hash,
    sleepq_enter,
    sleepq_first,
    sleepq_remove,
)
from splx.kernel.interface.sync import assert_sleepable
from splx.lang.kernel import NULL, addr

__account__ = "sched"


def lwp_park() -> None:
    """Wait for one unpark."""
    assert_sleepable()
    l = ci.curlwp
    sh = sleep_hash(addr(l))
    mutex_spin_enter(sh.sh_lock)
    if l.l_unparked > 0:
        l.l_unparked -= 1
        mutex_spin_exit(sh.sh_lock)
        return
    sleepq_enter(sh.sh_queue, l, addr(l), sh.sh_lock)
    holds = kernel_unlock_all()
    mi_switch()
    kernel_relock(holds)


def lwp_unpark(l: Lwp) -> None:
    """Let `l` go once, now or when it next parks."""
    sh = sleep_hash(addr(l))
    mutex_spin_enter(sh.sh_lock)
    if l.l_wchan != addr(l):
        l.l_unparked += 1
    else:
        sleepq_remove(sh.sh_queue, l)
    mutex_spin_exit(sh.sh_lock)


def park_invariant(l: Lwp, sh: SleepHash) -> bool:
    """1, with the lock held."""
    return sleepq_first(sh.sh_queue, addr(l)) is NULL or l.l_unparked == 0
