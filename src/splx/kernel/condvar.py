"""condvar(9): wait, holding a lock, until somebody says that the condition may hold.

What
----
A queue of sleepers and no memory: a signal that nobody waits for is gone. The condition lives in the caller's data,
under the caller's lock, the interlock, which `cv_wait` releases and takes again. A waiter looks at its condition
again when it comes back: somebody else may have been quicker.

Why
---
Sleeping for something that only an interrupt or another thread can bring about. It is what a soft interrupt may
*not* do, though it may block on a lock: the lock's owner can be lent priority and will come, a signal has no owner,
and may be due to come from the very level that the sleeper keeps shut. Laight's point (h), 2006-12-02: if it is
allowed it will be used, until no thread is left to do the wakeup.

The race
--------
    cpu0: waiter                        cpu1: waker
    reads box.ready: 0
    cv_wait(cv, m)
    sleepq_enter                -- under the lock of the queue
    m.word := 0                 -- interlock_exit
                                        cas m.word := waker
                                        box.ready := 1
                                        cv_signal(cv)
                                        spins on sh_lock.word
    sh_lock.word := 0           -- mi_switch
                                        sleepq_remove
                                        setrunnable(waiter)
                                        m.word := 0                 -- mutex_exit
    switch_to(idle/0)
    switch_to(waiter)
    reads box.ready: 1

The queue is entered before the interlock is released; and the queue's lock is released by the switch.

Invariants
----------
1. A thread in `cv_wait` is on the queue from before it releases the interlock until it is woken.
2. Only threads that can sleep are on the queue: no interrupt thread, no idle thread; unless INTR_SLEEP lets them.

Sources
-------
NetBSD sys/kern/kern_condvar.c (cv_enter, cv_wait, cv_signal, cv_wakeup_one, cv_wakeup_all), about 2013.

Left out
--------
Waits that a signal interrupts; those with a time-out are in `timeout`. The name of the wait.
"""

from __future__ import annotations

from splx.kernel.interface.levels import INTR_SLEEP, IPL_SOFTCLOCK, LOCKED_SLEEP, RAISED_SLEEP, UNPREEMPTED_SLEEP
from splx.kernel.interface.locks import (
    Mutex,
    interlock_exit,
    kernel_relock,
    kernel_unlock_all,
    mutex_enter,
    mutex_owned,
    mutex_spin_enter,
    mutex_spin_exit,
)
from splx.kernel.interface.lwp import LW_IDLE, LW_NOSLEEP, Lwp, ci, cpu_intr_p
from splx.kernel.interface.sched import mi_switch, sleep_hash, sleepq_enter, sleepq_remove
from splx.kernel.interface.sync import KCondvar, section_check
from splx.lang.kernel import NULL, addr, invariant

__account__ = "sched"


def cv_wait(cv: KCondvar, m: Mutex) -> None:
    """Release `m`, sleep until woken, take `m` again. The big lock is given up meanwhile, whole."""
    l = ci.curlwp
    assert not cpu_intr_p(), "cv_wait in an interrupt that may not sleep"
    assert INTR_SLEEP == 2 or l.l_flag & (LW_NOSLEEP | LW_IDLE) == 0, "cv_wait in a softint or interrupt thread"
    assert UNPREEMPTED_SLEEP != 0 or l.l_nopreempt == 0, "cv_wait with preemption disabled"
    assert mutex_owned(m), "cv_wait without its interlock"
    lock = sleep_hash(addr(cv)).sh_lock
    mutex_spin_enter(lock)
    sleepq_enter(cv.cv_queue, l, addr(cv), lock)
    cv.cv_waiters += 1
    interlock_exit(m)
    holds = kernel_unlock_all()
    assert LOCKED_SLEEP != 0 or l.l_locks == 0, "cv_wait with a mutex held"
    assert RAISED_SLEEP != 0 or ci.mtx_oldspl < IPL_SOFTCLOCK, "cv_wait at a level that keeps interrupts out"
    section_check()
    mi_switch()
    kernel_relock(holds)
    mutex_enter(m)


def cv_signal(cv: KCondvar) -> None:
    """Wake the best waiter, if any. The interlock is held, so nobody comes between the test and the lock."""
    if cv.cv_waiters != 0:
        cv_wakeup(cv, 1)


def cv_broadcast(cv: KCondvar) -> None:
    """Wake all waiters. The interlock is held."""
    waiters = cv.cv_waiters
    if waiters != 0:
        cv_wakeup(cv, waiters)


def cv_wakeup(cv: KCondvar, most: int) -> None:
    """Take up to `most` threads off the queue, best first."""
    lock = sleep_hash(addr(cv)).sh_lock
    mutex_spin_enter(lock)
    l = cv.cv_queue.sq_head
    while l is not NULL and most > 0:
        cv.cv_waiters -= 1
        sleepq_remove(cv.cv_queue, l)
        most -= 1
        l = cv.cv_queue.sq_head
    mutex_spin_exit(lock)


def cv_invariant(cv: KCondvar) -> bool:
    """2, with the queue's lock held."""
    l: Lwp = cv.cv_queue.sq_head
    while l is not NULL:
        if INTR_SLEEP != 2 and l.l_flag & (LW_NOSLEEP | LW_IDLE) != 0:
            return False
        l = l.l_next
    return True


@invariant()
def cv_always(cv: KCondvar) -> bool:
    """1, 2, while nobody has the queue's lock."""
    return sleep_hash(addr(cv)).sh_lock.word != 0 or (cv_invariant(cv) and cv_counted(cv))


def cv_counted(cv: KCondvar) -> bool:
    """Whoever waits has been counted; so is who was late, until it has the interlock again."""
    n = 0
    l = cv.cv_queue.sq_head
    while l is not NULL:
        n += 1
        l = l.l_next
    return n <= cv.cv_waiters
