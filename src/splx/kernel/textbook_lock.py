"""Locks of the textbooks: first come first served, priority inheritance, and the immediate ceiling.

What
----
Three kinds, chosen per lock:

    MUTEX_FIFO      waiters sleep, in order of arrival. Nothing is lent.
    MUTEX_INHERIT   waiters sleep, the best goes first (with INHERIT_FIFO, the one who came first). The owner runs at
                    the priority of its best waiter, and if it waits itself, so does the owner of that lock, to the
                    end of the chain.
    MUTEX_CEILING   the owner runs at the ceiling, the priority of the lock's best user, as soon as it has the lock.
                    On one CPU nobody then ever waits: whoever could want the lock cannot run.

A release hands the lock to the heir, the waiter whose turn it is: it owns the lock before it runs. The owner falls
back to what the locks it still holds give it.

Condition variables are here too, since an interlock of these kinds is under the same one lock as the queue they put
threads on.

Why
---
Published blocking times assume one of the three. They differ by which threads must wait for a critical section that
is none of their business: under FIFO all, for as long as middle threads like; under inheritance those above the
owner, once for each lock; under the ceiling once in all.

The race
--------
None is possible, which is the point: everything happens under the lock of textbook_sched. What is left is the
order:

    cpu0: owner                         cpu1
    m.word := owner
    mutex_sleep_enter returns
                                        switch_to(third)            -- heir waits
                                        third
    mutex_exit(m)
    m.word := heir
    owner.l_inherited := -1     -- falls back
    setrunnable(heir)
    mutex_exit returns
                                        mutex_enter(m)
                                        reads m.word: heir
                                        switch_to(heir)

The owner falls back before the heir is woken, so that the heir is compared with what the owner is without the lock.

Invariants
----------
1. The word is 0 or the owner; it is 0 only if nobody waits.
2. l_held lists, by `saved`, exactly the locks that l owns.
3. l_inherited is the best of the ceilings, and of the waiters on inheriting locks, of what l holds; or -1.

Sources
-------
Sha, Rajkumar, Lehoczky, "Priority Inheritance Protocols: An Approach to Real-Time Synchronization", IEEE ToC 39(9),
1990 (the immediate form of the ceiling: Baker 1991; POSIX PTHREAD_PRIO_PROTECT). Klein et al., Handbook, 1993,
5.2.4.

Left out
--------
The original ceiling protocol, which blocks at the moment of taking. Spinning protocols for several CPUs (MSRP,
FMLP): a ceiling lock that is held on another CPU sleeps. Checking that a user's priority is not above the ceiling
is asserted, not computed.
"""

from __future__ import annotations

from splx.kernel.interface.levels import INHERIT_FIFO, PRI_IDLE
from splx.kernel.interface.locks import (
    MUTEX_CEILING,
    MUTEX_FIFO,
    MUTEX_INHERIT,
    MUTEX_SPIN,
    Mutex,
    mutex_spin_enter,
    mutex_spin_exit,
    mutex_spin_tryenter,
)
from splx.kernel.interface.lwp import (
    LSIDL,
    LSSLEEP,
    LW_NOSLEEP,
    SOBJ_SCHED,
    SOBJ_TURNSTILE,
    Lwp,
    Sleepq,
    ci,
    cpu_intr_p,
)
from splx.kernel.interface.sched import (
    lwp_eprio,
    mi_switch,
    sched_changepri,
    sleep_hash,
    sleepq_first,
    sleepq_insert,
    sleepq_remove,
)
from splx.kernel.interface.sync import KCondvar
from splx.lang.kernel import NULL, addr, at, inline, invariant
from splx.machine.intrinsics import cpu_number

__account__ = "lock"


# ---- taking


def mutex_sleep_enter(m: Mutex) -> None:
    """Take `m`, or wait for it."""
    l = ci.curlwp
    assert not cpu_intr_p(), "sleeping lock in a hard interrupt"
    assert ci.mtx_count == 0, "sleeping lock while a spin mutex is held"
    assert m.word != addr(l), "locking against myself"
    lock = l.l_mutex
    mutex_spin_enter(lock)
    if m.word == 0:
        textbook_own(m, l)
        mutex_spin_exit(lock)
    else:
        textbook_sleep(sleep_hash(addr(m)).sh_queue, l, addr(m), SOBJ_TURNSTILE)
        textbook_lend(m, lwp_eprio(l))
        mi_switch()


def mutex_sleep_tryenter(m: Mutex) -> bool:
    """Take `m` if it is free. In a hard interrupt it would be the lock of the thread beneath."""
    l = ci.curlwp
    assert not cpu_intr_p(), "sleeping lock in a hard interrupt"
    lock = l.l_mutex
    mutex_spin_enter(lock)
    free = m.word == 0
    if free:
        textbook_own(m, l)
    mutex_spin_exit(lock)
    return free


def textbook_own(m: Mutex, l: Lwp) -> None:
    """`l` owns `m` from now on, and runs at its ceiling, or at what the waiters of `m` lend."""
    m.word = addr(l)
    m.saved = addr(l.l_held)
    l.l_held = m
    l.l_locks += 1
    if m.kind == MUTEX_CEILING:
        assert l.l_prio <= m.ceiling, "priority above the ceiling of a lock"
    textbook_settle(l)


def textbook_sleep(q: Sleepq, l: Lwp, wchan: int, what: int) -> None:
    """Put the running thread at the end of `q`. The one lock is held, and is the thread's as before."""
    l.l_stat = LSSLEEP
    l.l_wchan = wchan
    l.l_syncobj = what
    l.l_sleepq = q
    sleepq_insert(q, l, PRI_IDLE)


def textbook_lend(m: Mutex, prio: int) -> None:
    """Lend `prio` to the owner of `m`, to the owner of what that one waits for, and so on."""
    while m.kind == MUTEX_INHERIT:
        owner = at(Lwp, m.word)
        if lwp_eprio(owner) >= prio:
            return
        sched_changepri(owner, prio)
        if owner.l_syncobj != SOBJ_TURNSTILE:
            return
        m = at(Mutex, owner.l_wchan)


# ---- releasing


def mutex_sleep_exit(m: Mutex) -> None:
    """Release `m` to its heir."""
    l = ci.curlwp
    assert m.word == addr(l), "releasing a lock that is not held"
    lock = l.l_mutex
    mutex_spin_enter(lock)
    textbook_release(m, l)
    mutex_spin_exit(lock)


def textbook_release(m: Mutex, l: Lwp) -> None:
    """Take `m` from `l` and give it to the waiter whose turn it is. The one lock is held."""
    textbook_disown(m, l)
    q = sleep_hash(addr(m)).sh_queue
    heir = textbook_heir(m, q)
    m.word = 0
    if heir is not NULL:
        textbook_own(m, heir)
    textbook_settle(l)
    if heir is not NULL:
        sleepq_remove(q, heir)


def textbook_disown(m: Mutex, l: Lwp) -> None:
    """Take `m` off the list of what `l` holds."""
    l.l_locks -= 1
    if l.l_held is m:
        l.l_held = at(Mutex, m.saved)
    else:
        before = l.l_held
        while before.saved != addr(m):
            before = at(Mutex, before.saved)
        before.saved = m.saved
    m.saved = 0


@inline
def textbook_heir(m: Mutex, q: Sleepq) -> Lwp:
    """Whose turn it is: of a FIFO lock the first, of the others the best; NULL if nobody waits."""
    if m.kind == MUTEX_FIFO or (m.kind == MUTEX_INHERIT and INHERIT_FIFO != 0):
        return sleepq_first(q, addr(m))
    return textbook_best(q, addr(m))


def textbook_best(q: Sleepq, wchan: int) -> Lwp:
    """The best of those that sleep on `wchan`, the first among equals."""
    best = sleepq_first(q, wchan)
    l = best
    while l is not NULL:
        if l.l_wchan == wchan and lwp_eprio(l) > lwp_eprio(best):
            best = l
        l = l.l_next
    return best


def textbook_settle(l: Lwp) -> None:
    """Give `l` what the locks it holds give it. The heir counts as a waiter no more: it owns what it waits for."""
    lent = -1
    m = l.l_held
    while m is not NULL:
        if m.kind == MUTEX_CEILING:
            lent = max(lent, m.ceiling)
        elif m.kind == MUTEX_INHERIT:
            best = textbook_best(sleep_hash(addr(m)).sh_queue, addr(m))
            if best is not NULL and best is not l:
                lent = max(lent, lwp_eprio(best))
        m = at(Mutex, m.saved)
    if lent != l.l_inherited:
        sched_changepri(l, lent)


# ---- by kind, for locks that are not known when the system is linked


def mutex_enter(m: Mutex) -> None:
    """Take `m`."""
    if m.kind == MUTEX_SPIN:
        mutex_spin_enter(m)
    else:
        mutex_sleep_enter(m)


def mutex_exit(m: Mutex) -> None:
    """Release `m`."""
    if m.kind == MUTEX_SPIN:
        mutex_spin_exit(m)
    else:
        mutex_sleep_exit(m)


def mutex_tryenter(m: Mutex) -> bool:
    """Take `m` if it is free."""
    if m.kind == MUTEX_SPIN:
        return mutex_spin_tryenter(m)
    return mutex_sleep_tryenter(m)


def mutex_owned(m: Mutex) -> bool:
    """Whether this CPU holds the spin mutex, or this thread the other."""
    if m.kind == MUTEX_SPIN:
        return m.word == cpu_number() + 1
    return m.word == addr(ci.curlwp)


# ---- condition variables


def cv_wait(cv: KCondvar, m: Mutex) -> None:
    """Release `m`, sleep until woken, take `m` again."""
    l = ci.curlwp
    assert not cpu_intr_p(), "cv_wait in a hard interrupt"
    assert l.l_flag & LW_NOSLEEP == 0, "cv_wait in a softint"
    assert mutex_owned(m), "cv_wait without its interlock"
    mutex_spin_enter(l.l_mutex)
    textbook_sleep(cv.cv_queue, l, addr(cv), SOBJ_SCHED)
    cv.cv_waiters += 1
    if m.kind == MUTEX_SPIN:
        mutex_spin_exit(m)
    else:
        textbook_release(m, l)
    mi_switch()
    mutex_enter(m)


def cv_signal(cv: KCondvar) -> None:
    """Wake the best waiter, if any. The interlock is held."""
    if cv.cv_waiters != 0:
        cv_wakeup(cv, 1)


def cv_broadcast(cv: KCondvar) -> None:
    """Wake all waiters. The interlock is held."""
    if cv.cv_waiters != 0:
        cv_wakeup(cv, cv.cv_waiters)


def cv_wakeup(cv: KCondvar, most: int) -> None:
    """Wake `most` waiters, which there are, best first."""
    lock = ci.curlwp.l_mutex
    mutex_spin_enter(lock)
    while most > 0:
        cv.cv_waiters -= 1
        sleepq_remove(cv.cv_queue, textbook_best(cv.cv_queue, addr(cv)))
        most -= 1
    mutex_spin_exit(lock)


@inline
def switch_left(l: Lwp) -> bool:
    """Nobody has woken it meanwhile: if it has blocked, the one lock is held still."""
    return l.l_stat != LSIDL


def textbook_lock_invariant(m: Mutex) -> bool:
    """1, with the one lock held."""
    return m.word != 0 or sleepq_first(sleep_hash(addr(m)).sh_queue, addr(m)) is NULL


@invariant()
def textbook_lock_always(m: Mutex) -> bool:
    """1, while nobody has the one lock."""
    return sleep_hash(addr(m)).sh_lock.word != 0 or textbook_lock_invariant(m)
