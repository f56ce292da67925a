"""lwp(9): the lock of a thread is the lock of whatever it is on.

What
----
Every thread points at the spin mutex that guards it now (`l_mutex`): the run queue it is on, the CPU it runs on,
the sleep queue or turnstile chain it sleeps on. Moving it from one to another changes the pointer, under the old
lock or the new one. So queue and thread are always locked together, by one lock.

Why
---
A lock per thread would have to be ordered against the lock of every queue. A lock that *is* the queue's needs no
order. The price is that the pointer may change while somebody waits for where it pointed.

The race
--------
    cpu0                                cpu1: l
                                        sleeps                      -- so far it runs
    lwp_lock(l)
    reads l.l_mutex: rq_lwplock  -- the lock of its CPU
                                        sleepq_enter
                                        l.l_mutex := sh_lock        -- that of the queue it is on now
                                        rq_lwplock.word := 0
    cas rq_lwplock.word := 1
    reads l.l_mutex: sh_lock    -- not what was taken
    rq_lwplock.word := 0
    mutex_spin_enter(sh_lock)   -- again

Invariants
----------
1. Whoever holds l.l_mutex, and has looked after taking it that it still is that, owns the scheduling state of l.
2. l.l_mutex changes only by the hand of somebody who holds it.

Sources
-------
NetBSD sys/sys/lwp.h (lwp_lock, lwp_unlock), sys/kern/kern_lwp.c (lwp_setlock, lwp_unlock_to; the essay on LWP
locking), about 2009.

Left out
--------
Nothing of the protocol. Fields that NetBSD guards with the lock of the process: there are no processes.
"""

from __future__ import annotations

from splx.kernel.interface.locks import mutex_spin_enter, mutex_spin_exit, mutex_spin_tryenter
from splx.kernel.interface.lwp import Lwp

__account__ = "sched"


def lwp_lock(l: Lwp) -> None:
    """Take the lock that guards `l`, whatever it is by then."""
    lock = l.l_mutex
    mutex_spin_enter(lock)
    while l.l_mutex is not lock:
        mutex_spin_exit(lock)
        lock = l.l_mutex
        mutex_spin_enter(lock)


def lwp_trylock(l: Lwp) -> bool:
    """Take the lock that guards `l`, if it is free and does not change meanwhile."""
    lock = l.l_mutex
    if not mutex_spin_tryenter(lock):
        return False
    if l.l_mutex is lock:
        return True
    mutex_spin_exit(lock)
    return False


def lwp_unlock(l: Lwp) -> None:
    """Release the lock that guards `l`."""
    mutex_spin_exit(l.l_mutex)
