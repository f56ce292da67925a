"""_lwp_park(2), within the kernel: a thread sleeps until it is let go, and what it is let go for is counted.

What
----
The simplest thing a handler can do for a thread. `lwp_unpark` counts, `lwp_park` takes one off the count or sleeps
until it can. A periodic thread parks after every job, and the handler of its timer line unparks it.

Why
---
A condition variable needs a lock, a word and a queue of the caller's; here the thread itself is all of them. Whoever
lets it go knows which thread that is, so there is no list to look for it on: it sleeps under the lock that it ran
under, that of its CPU. Counted, because a thread that is late for one release has not lost the next.

The race
--------
    cpu0: thread                        cpu1: handler
    reads l.l_unparked: 0       -- lwp_park
                                        interrupt nic
                                        lwp_unpark(l)
                                        spins on rq_lwplock.word
    l.l_stat := LSSLEEP
    rq_lwplock.word := 0        -- mi_switch
                                        setrunnable(l)
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
1. A parked thread has a count of 0, is LSSLEEP, on no queue, and l_wchan is its own address.

Sources
-------
NetBSD sys/kern/sys_lwp.c (lwp_park, lwp_unpark; there a flag, LW_UNPARKED, and not a count), about 2013; without
a sleep queue since 2020 (recollected, not re-read).

Left out
--------
Time-outs, the lists of threads to unpark, user space.
"""

from __future__ import annotations

from splx.kernel.interface.locks import kernel_relock, kernel_unlock_all, mutex_spin_exit
from splx.kernel.interface.lwp import LSSLEEP, Lwp, ci
from splx.kernel.interface.sched import lwp_lock, lwp_unlock, mi_switch, setrunnable
from splx.kernel.interface.sync import assert_sleepable
from splx.lang.kernel import NULL, addr, invariant

__account__ = "sched"


def lwp_park() -> None:
    """Wait for one unpark."""
    assert_sleepable()
    l = ci.curlwp
    lwp_lock(l)
    if l.l_unparked > 0:
        l.l_unparked -= 1
        lwp_unlock(l)
        return
    l.l_kpriority = 1
    l.l_stat = LSSLEEP
    l.l_wchan = addr(l)
    holds = kernel_unlock_all()
    mi_switch()
    kernel_relock(holds)


def lwp_unpark(l: Lwp) -> None:
    """Let `l` go once, now or when it next parks."""
    lwp_lock(l)
    lock = l.l_mutex
    if l.l_wchan != addr(l):
        l.l_unparked += 1
    else:
        l.l_wchan = 0
        setrunnable(l)  # afterwards another lock guards it
    mutex_spin_exit(lock)


def park_invariant(l: Lwp) -> bool:
    """1, with the lock of `l` held."""
    return l.l_wchan != addr(l) or (l.l_unparked == 0 and l.l_stat == LSSLEEP and l.l_sleepq is NULL)


@invariant()
def park_always(l: Lwp) -> bool:
    """1, while nobody has the lock of `l`."""
    return l.l_mutex is NULL or l.l_mutex.word != 0 or park_invariant(l)
