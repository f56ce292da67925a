"""turnstile(9): where threads wait for adaptive locks, and how priority gets from a waiter to the owner it waits for.

What
----
A lock is one word; the queue of its waiters is lent to it by the first of them. Every thread owns one turnstile.
The first waiter hangs its own in the chain of the lock's address; later ones leave theirs on its free list, and a
thread that is woken takes one home, the last one the turnstile itself.

A waiter lends its priority to the owner, and if the owner itself waits, to that owner's owner, and on to the end of
the chain. It stops at an owner that is as good already, at one that runs or is ready, and at one that waits for
what has no owner (a condition variable). When the owner releases, it falls back to the best of what others still
lend it, not simply to its own.

TS_LEND is how far it goes. NetBSD's first turnstiles lent nothing; a kernel that lends one step, to the owner of what
the waiter waits for, leaves that owner's own waiting as it is.

Why
---
Without lending, a thread of middle priority that never touches the lock keeps the owner, and with it the best
thread of the system, waiting for as long as it likes. Laight's doubt (g), 2006-12-02.

The race
--------
The walk needs two threads locked at a time, waiter and owner, and their locks have no order. The second is tried,
and on failure everything starts again from the walker. Here x owns p and sleeps for q, y owns q and sleeps for r,
and r lies on the chain of p:

    cpu0: w1, for p of x                cpu1: w2, for q of y
    turnstile_lend(w1)
                                        turnstile_lend(w2)
    lwp_trylock(x)              -- it sleeps for q
    lwp_trylock returns 0       -- the chain of q is locked
                                        lwp_trylock(y)              -- it sleeps for r
                                        lwp_trylock returns 0       -- the chain of r is that of p
    turnstile_retry
    lwp_unlock(w1)
                                        turnstile_retry
                                        lwp_unlock(w2)

Each has what the other tries for; both let go, and it is over. The original retries at once, and its authors note a
possible livelock. Here the walker, holding nothing, waits until the lock that it could not get is free: no fewer
interleavings, but no busy retries.

While it holds nothing the walker may be woken. Then it finds itself off the queue, and `mi_switch` only lets others
go first.

Invariants
----------
1. A thread owns one turnstile, or has lent it and will take one home: the waiters of a lock, less one, are on the
   free list.
2. ts_inheritor is NULL or the owner of ts_obj, or where a release wakes one, and nobody has it yet, who was woken.
3. At rest, l_inherited is the best ts_eprio on l_pi_lenders, or -1.

Sources
-------
NetBSD sys/kern/kern_turnstile.c @5264b9e0 (1.25, 2009; turnstile_block with the lending loop, turnstile_wakeup).
The Jan 2007 version @049ce74c had no lending yet.

Left out
--------
Readers (queue 0 is there, and used by nobody). Interruption of the sleep: the original panics at it.
"""

from __future__ import annotations

from splx.kernel.interface.axes import kpreempt_disable, kpreempt_enable
from splx.kernel.interface.levels import MTX_HANDOFF, PRI_KTHREAD, TS_LEND
from splx.kernel.interface.locks import (
    Mutex,
    kernel_relock_block,
    kernel_unlock_block,
    mutex_spin_enter,
    mutex_spin_exit,
)
from splx.kernel.interface.lwp import SOBJ_TURNSTILE, Lwp, Turnstile, ci
from splx.kernel.interface.sched import (
    TsChain,
    lwp_eprio,
    lwp_lock,
    lwp_trylock,
    lwp_unlock,
    mi_switch,
    sched,
    sched_changepri,
    sleepq_enter,
    sleepq_remove,
    ts_chain,
)
from splx.lang.kernel import NULL, account, addr, at, inline, invariant, spin_while

__account__ = "sched"

OWNER = (1 << 48) - 8  # the owner in the word of an adaptive mutex; below it are flags, above it readers


def turnstile_lookup(m: Mutex) -> Turnstile:
    """Lock the chain of `m`; the turnstile of `m`, or NULL if nobody waits."""
    tc = ts_chain(m)
    mutex_spin_enter(tc.tc_lock)
    ts = tc.tc_head
    while ts is not NULL and ts.ts_obj != addr(m):
        ts = ts.ts_chain
    return ts


def turnstile_exit(m: Mutex) -> None:
    """Unlock the chain of `m`."""
    mutex_spin_exit(ts_chain(m).tc_lock)


def turnstile_block(ts: Turnstile, queue: int, m: Mutex) -> None:
    """Sleep on `m`, whose chain is locked and whose turnstile is `ts`. The switch unlocks the chain.

    Preemption is off from lending to waking: the chain may be unlocked in between, and this thread is in two states.
    """
    l = ci.curlwp
    tc = ts_chain(m)
    base = l.l_kpribase
    l.l_kpribase = max(base, PRI_KTHREAD)
    joined = turnstile_join(tc, ts, l, m)
    joined.ts_waiters[queue] += 1
    sleepq_enter(joined.ts_queue[queue], l, addr(m), tc.tc_lock)
    l.l_syncobj = SOBJ_TURNSTILE
    holds = kernel_unlock_block()
    kpreempt_disable()
    turnstile_lend(l)
    mi_switch()
    l.l_kpribase = base
    kpreempt_enable()
    kernel_relock_block(holds)


def turnstile_join(tc: TsChain, ts: Turnstile, l: Lwp, m: Mutex) -> Turnstile:
    """Lend the turnstile of `l` to `m`, or leave it on the free list of the one that `m` has."""
    own = l.l_ts
    assert own.ts_obj == 0, "turnstile in use lent again"
    if ts is NULL:
        own.ts_obj = addr(m)
        own.ts_chain = tc.tc_head
        tc.tc_head = own
        return own
    own.ts_free = ts.ts_free
    ts.ts_free = own
    l.l_ts = ts
    return ts


def turnstile_lend(me: Lwp) -> None:
    """Lend my priority along the chain of owners, as far as TS_LEND says. My lock is held on entry and on return, and
    let go of in between.
    """
    l = me
    prio = lwp_eprio(me)
    while TS_LEND != 0 and l.l_syncobj == SOBJ_TURNSTILE and (TS_LEND == 2 or l is me):
        owner = at(Lwp, at(Mutex, l.l_wchan).word & OWNER)
        if MTX_HANDOFF == 2 and owner is NULL:
            owner = l.l_ts.ts_inheritor  # woken to take it
        if owner is NULL or owner is me:
            break
        lock = owner.l_mutex
        apart = lock is not l.l_mutex
        if owner is l or (apart and not lwp_trylock(owner)):
            turnstile_retry(l, me, lock)
            l = me
            prio = lwp_eprio(me)
            continue
        done = turnstile_lend_to(l.l_ts, owner, prio)
        if apart:
            lwp_unlock(owner if done else l)
        if done:
            break
        l = owner
    if l.l_mutex is not me.l_mutex:
        lwp_unlock(l)
        lwp_lock(me)


@account("spin")
def turnstile_retry(l: Lwp, me: Lwp, lock: Mutex) -> None:
    """Let go of `l`, wait until `lock` is free for a moment, and start again from `me`."""
    lwp_unlock(l)
    spin_while(lock.word != 0)
    lwp_lock(me)


@inline
def turnstile_lend_to(ts: Turnstile, owner: Lwp, prio: int) -> bool:
    """Lend `prio` to `owner`, whose lock is held; whether it needed nothing, so that the walk ends."""
    if prio <= lwp_eprio(owner):
        return True
    assert ts.ts_inheritor is NULL or ts.ts_inheritor is owner, "turnstile lent to one thread, owned by another"
    if ts.ts_inheritor is NULL:
        ts.ts_inheritor = owner
        ts.ts_eprio = prio
        ts.ts_pichain = owner.l_pi_lenders
        owner.l_pi_lenders = ts
        sched_changepri(owner, prio)
    elif prio > ts.ts_eprio:
        ts.ts_eprio = prio
        sched_changepri(owner, prio)
    return False


def turnstile_wakeup(ts: Turnstile, queue: int, count: int) -> None:
    """Wake the best `count` waiters of `queue`, give back what was lent, and unlock the chain."""
    tc = ts_chain(at(Mutex, ts.ts_obj))
    q = ts.ts_queue[queue]
    if ts.ts_inheritor is not NULL:
        turnstile_unlend(ts)
    while count > 0:
        turnstile_leave(tc, ts, q.sq_head)
        ts.ts_waiters[queue] -= 1
        sleepq_remove(q, q.sq_head)
        count -= 1
    mutex_spin_exit(tc.tc_lock)


def turnstile_handoff(ts: Turnstile, queue: int) -> None:
    """Wake the best waiter of `queue`, the owner from now on or soon, and unlock the chain.

    Those who still wait lend to it. It is as good as they are now, but that may be lent. So their loan is written down,
    whatever it is worth today.
    """
    tc = ts_chain(at(Mutex, ts.ts_obj))
    q = ts.ts_queue[queue]
    heir = q.sq_head
    rest = heir.l_next
    if ts.ts_inheritor is not NULL:
        turnstile_unlend(ts)
    turnstile_leave(tc, ts, heir)
    if TS_LEND != 0 and rest is not NULL:
        ts.ts_inheritor = heir
        ts.ts_eprio = lwp_eprio(rest)
        ts.ts_pichain = heir.l_pi_lenders
        heir.l_pi_lenders = ts
        heir.l_inherited = max(heir.l_inherited, ts.ts_eprio)
    ts.ts_waiters[queue] -= 1
    sleepq_remove(q, heir)
    mutex_spin_exit(tc.tc_lock)


def turnstile_claim(ts: Turnstile, queue: int) -> None:
    """I have taken what `ts` waits for, be it that I was woken for it or came by. The chain is locked.

    Who was woken and is too late has no more to do with it: those who still wait lend to me. Somebody was: else nobody
    would have had the lock while they wait.
    """
    l = ci.curlwp
    heir = ts.ts_inheritor
    if heir is l or TS_LEND == 0:
        return
    lwp_lock(heir)
    sched_changepri(heir, turnstile_forget(heir, ts))
    lwp_unlock(heir)
    lwp_lock(l)
    ts.ts_inheritor = l
    ts.ts_eprio = lwp_eprio(ts.ts_queue[queue].sq_head)
    ts.ts_pichain = l.l_pi_lenders
    l.l_pi_lenders = ts
    sched_changepri(l, max(l.l_inherited, ts.ts_eprio))
    lwp_unlock(l)


@inline
def turnstile_leave(tc: TsChain, ts: Turnstile, l: Lwp) -> None:
    """Give `l` a turnstile to take home: a free one, or, for the last, `ts` itself, which leaves the chain."""
    free = ts.ts_free
    if free is not NULL:
        ts.ts_free = free.ts_free
        free.ts_free = NULL
        l.l_ts = free
        return
    ts.ts_obj = 0
    if tc.tc_head is ts:
        tc.tc_head = ts.ts_chain
    else:
        before = tc.tc_head
        while before.ts_chain is not ts:
            before = before.ts_chain
        before.ts_chain = ts.ts_chain
    ts.ts_chain = NULL


def turnstile_unlend(ts: Turnstile) -> None:
    """I release what `ts` waits for: fall back to the best that others lend me.

    My lock is that of my CPU, or, when I am on my way to sleep, that of a sleep queue, which I hold already.
    """
    l = ci.curlwp
    assert ts.ts_inheritor is l, "turnstile released by a thread that it does not lend to"
    ts.ts_inheritor = NULL
    running = l.l_mutex is sched.cpu[l.l_cpu].rq_lwplock
    if running:
        lwp_lock(l)
    sched_changepri(l, turnstile_forget(l, ts))
    if running:
        lwp_unlock(l)


@inline
def turnstile_forget(l: Lwp, ts: Turnstile) -> int:
    """Take `ts` off the lenders of `l`; the best of those that remain, or -1."""
    best = -1
    before: Turnstile = NULL
    each = l.l_pi_lenders
    while each is not NULL:
        after = each.ts_pichain
        if each is not ts:
            best = max(best, each.ts_eprio)
            before = each
        elif before is NULL:
            l.l_pi_lenders = after
        else:
            before.ts_pichain = after
        each = after
    ts.ts_pichain = NULL
    ts.ts_eprio = 0
    return best


def turnstile_owned(ts: Turnstile, l: Lwp) -> bool:
    """Whether `ts` waits for something that `l` has, or, with MTX_HANDOFF 2, was woken to take."""
    if ts.ts_obj == 0:
        return False
    return MTX_HANDOFF == 2 or at(Mutex, ts.ts_obj).word & OWNER == addr(l)


def turnstile_invariant(l: Lwp) -> bool:
    """2, 3, with the lock of `l` held."""
    best = -1
    ts = l.l_pi_lenders
    while ts is not NULL:
        if ts.ts_inheritor is not l or not turnstile_owned(ts, l):
            return False
        best = max(best, ts.ts_eprio)
        ts = ts.ts_pichain
    return l.l_inherited == best


@invariant()
def turnstile_always(l: Lwp) -> bool:
    """2, 3, while nobody has the lock of `l`, or that of a chain with a turnstile that lends to it."""
    if l.l_mutex is NULL or l.l_mutex.word != 0:
        return True
    ts = l.l_pi_lenders
    while ts is not NULL:
        if ts_chain(at(Mutex, ts.ts_obj)).tc_lock.word != 0:
            return True
        ts = ts.ts_pichain
    return turnstile_invariant(l)
