"""mutex(9), adaptive: spin while the owner runs, else sleep on a turnstile.

What
----
A lock for threads and soft interrupts. The word is the owner, with a WAITERS flag in its low bit. Entering a free
lock is one locked compare-and-swap; leaving one that nobody waits for is one *unlocked* one. Neither touches the
level, nor keeps the holder from being preempted or interrupted. Whoever finds the lock held looks whether its owner
is on a CPU. If so it spins: the owner will be out soon. If not it sleeps, and lends its priority. A release wakes
all sleepers and gives the lock to nobody: they compete with whoever comes by.

Why
---
The lock of a process costs "one test and branch, and two cache line references" at either end (Doran, 2006-12-01),
a spin lock much more. It is why the designs after 2006 moved as much as they could to where blocking is allowed.

The race
--------
The release is a load and a store as other CPUs see it, so it can overwrite a WAITERS bit that was set in between:

    without the second look:
    cpu0: owner                         cpu1: waiter
    cas m.word := owner
    switch_to(other)            -- gives way
                                        turnstile_lookup(m)         -- the owner does not run
    switch_exit(owner)          -- it does again
    cas_local m.word := 0, buffered  -- it has seen no waiters
                                        cas m.word := owner | MTX_WAITERS
                                        switch_to(idle/1)           -- asleep
    m.word visible              -- the bit is gone
                                        waits for ever

The owner may even be off its CPU again when the waiter looks for the second time, its release behind it:

    without the look at the bit:
    cpu0: owner                         cpu1: waiter
    cas m.word := owner
    switch_to(other)            -- gives way
                                        turnstile_lookup(m)         -- the owner does not run
    switch_to(owner)            -- it does again
    cas_local m.word := 0, buffered  -- it has seen no waiters
                                        cas m.word := owner | MTX_WAITERS
    m.word visible              -- the bit is gone
    switch_to(other)            -- gives way again
                                        switch_to(idle/1)           -- asleep
                                        waits for ever

What may be relied on: (a) only the owner changes a held word without holding the chain lock; (b) one CPU at a time
is setting WAITERS, because that needs the chain lock; (c) an owner on a CPU may be in the middle of a release; (d)
an owner that is not on a CPU has finished whatever release it was in, and when it comes back its `running` is
visible to all before it looks at WAITERS. So the waiter, holding the chain lock, sets WAITERS and *then* looks
again:

    1. owner on a CPU: it may be releasing; the bit proves nothing. Spin again.
    2. owner not on a CPU, bit clear: a release overwrote it. Try again.
    3. owner not on a CPU, bit set: the owner will see it. It is safe to sleep; in no other case.

With MTX_HANDOFF a release makes the best of the sleepers the owner, and wakes that one alone. It may have to wait for a
CPU, and until it has one nobody else gets on: a convoy. With MTX_HANDOFF 2 it wakes the best one as well, and makes
nobody the owner: whoever comes first takes the lock, and who was woken and is late sleeps again. Who still waits lends
to whom a release has woken, until somebody has the lock, and then to that one: the word says by WAITERS that they are
there though nobody has it, so that it can only be taken under the chain lock.

An owner that waits for the big lock counts as not on a CPU (`lwp_onproc`), though it runs:

    without biglock_wanted:
    cpu0: holds kernel_lock             cpu1: owner of m
    cas biglock.word := 1
                                        cas m.word := owner
                                        spins on biglock.word for ever
    mutex_enter(m)
    spins on m.word for ever

Blocking on m drops the big lock, and cpu1 goes on.

Invariants
----------
1. A thread that sleeps on the turnstile of m: WAITERS is set in m, or its waking is in progress under the chain
   lock.
2. The owner is a thread, interrupt threads included, never a hard handler.
3. With MTX_HANDOFF 2, who still waits lends to the owner if there is one.

Sources
-------
NetBSD sys/kern/kern_mutex.c @00929871 (mutex_vector_enter and the comment in it, mutex_vector_exit),
sys/arch/amd64/amd64/lock_stubs.S @01432510 (mutex_enter, mutex_exit). 2008 design, text of 2023.

Left out
--------
Restartable sequences in place of the unlocked compare-and-swap, on CPUs that have none. The load fence before the
bit is read again: no machine here reorders loads. Releasing the memory of a thread, which is why the original
disables preemption around its look at the owner; the disabling is kept, and seen in the costs.
"""

from __future__ import annotations

from splx.kernel.interface.axes import kpreempt_disable, kpreempt_enable, spl_level
from splx.kernel.interface.levels import IPL_SOFTCLOCK, MTX_HANDOFF, RAISED_SLEEP, UNPREEMPTED_SLEEP
from splx.kernel.interface.locks import MUTEX_ADAPTIVE, Mutex
from splx.kernel.interface.lwp import Lwp, ci, cpu_intr_p
from splx.kernel.interface.sched import (
    lwp_onproc,
    ts_chain,
    turnstile_block,
    turnstile_claim,
    turnstile_exit,
    turnstile_handoff,
    turnstile_lookup,
    turnstile_wakeup,
)
from splx.kernel.interface.sync import might_resched
from splx.lang.kernel import NULL, account, addr, at, invariant, noinline, on_cpu, spin_while
from splx.machine.intrinsics import cas, cas_local

__account__ = "lock"

MTX_WAITERS = 1
MTX_FLAGS = 7
TS_WRITER_Q = 1


def mutex_sleep_enter(m: Mutex) -> None:
    """Take `m`. Thread or interrupt thread; holds no spin mutex. May block."""
    assert not cpu_intr_p(), "adaptive mutex in an interrupt that may not sleep"
    assert ci.mtx_count == 0, "adaptive mutex while a spin mutex is held"
    assert UNPREEMPTED_SLEEP != 0 or ci.curlwp.l_nopreempt == 0, "adaptive mutex with preemption disabled"
    assert RAISED_SLEEP != 0 or spl_level() < IPL_SOFTCLOCK, "adaptive mutex at a level that keeps interrupts out"
    might_resched()
    if not cas(m.word, 0, addr(ci.curlwp)):
        mutex_adaptive_wait(m)
    ci.curlwp.l_locks += 1


def mutex_sleep_exit(m: Mutex) -> None:
    """Release `m`. The unlocked operation fails if there are waiters, and if the caller is not the owner."""
    ci.curlwp.l_locks -= 1
    if not cas_local(m.word, addr(ci.curlwp), 0):
        mutex_adaptive_wake(m)


def mutex_sleep_tryenter(m: Mutex) -> bool:
    """Take `m` if it is free."""
    assert not cpu_intr_p(), "adaptive mutex in an interrupt that may not sleep"
    taken = cas(m.word, 0, addr(ci.curlwp)) or (MTX_HANDOFF == 2 and mutex_adaptive_claim(m))
    ci.curlwp.l_locks += int(taken)
    return taken


@noinline
def mutex_adaptive_wait(m: Mutex) -> None:
    """mutex_vector_enter: until `m` is mine, spin or block, according to where its owner is now."""
    me = ci.curlwp
    kpreempt_disable()
    while True:
        word = m.word
        owner = at(Lwp, word & ~MTX_FLAGS)
        assert owner is not me, "locking against myself"
        if owner is NULL:
            if cas(m.word, 0, addr(me)) or (MTX_HANDOFF == 2 and mutex_adaptive_claim(m)):
                break
        elif lwp_onproc(owner):
            mutex_adaptive_spin(m, owner)
        else:
            mutex_adaptive_block(m, owner, word)
            if MTX_HANDOFF == 1 and m.word & ~MTX_FLAGS == addr(me):
                break
    kpreempt_enable()


@account("spin")
def mutex_adaptive_spin(m: Mutex, owner: Lwp) -> None:
    """Watch `m` while `owner` has it and is on a CPU, not waiting for the big lock.

    Preemption is allowed meanwhile.
    """
    kpreempt_enable()
    spin_while(
        m.word & ~MTX_FLAGS == addr(owner)
        and on_cpu(ci, owner.l_cpu).running is owner
        and on_cpu(ci, owner.l_cpu).biglock_wanted is not owner
    )
    kpreempt_disable()


@noinline
def mutex_adaptive_claim(m: Mutex) -> bool:
    """Take `m` if nobody has it and somebody waits for it; whether that was so."""
    ts = turnstile_lookup(m)
    taken = cas(m.word, MTX_WAITERS, addr(ci.curlwp) | MTX_WAITERS)
    if taken:
        turnstile_claim(ts, TS_WRITER_Q)
    turnstile_exit(m)
    return taken


def mutex_adaptive_block(m: Mutex, owner: Lwp, word: int) -> None:
    """Sleep on `m` unless one of the three looks says that it is not safe to: then just return, to try again."""
    ts = turnstile_lookup(m)
    if not cas(m.word, word, word | MTX_WAITERS):
        turnstile_exit(m)
        return
    if lwp_onproc(owner):
        turnstile_exit(m)
        return
    if m.word & MTX_WAITERS == 0:
        turnstile_exit(m)
        return
    turnstile_block(ts, TS_WRITER_Q, m)


@noinline
def mutex_adaptive_wake(m: Mutex) -> None:
    """mutex_vector_exit: free `m` and its WAITERS bit together, and wake all who slept on it; or hand it over."""
    assert m.word & ~MTX_FLAGS == addr(ci.curlwp), "exiting unheld mutex"
    ts = turnstile_lookup(m)
    if MTX_HANDOFF != 0 and ts is not NULL:
        owner = addr(ts.ts_queue[TS_WRITER_Q].sq_head) if MTX_HANDOFF == 1 else 0
        m.word = owner | int(ts.ts_waiters[TS_WRITER_Q] > 1)
        turnstile_handoff(ts, TS_WRITER_Q)
        return
    m.word = 0
    if ts is NULL:
        turnstile_exit(m)
    else:
        turnstile_wakeup(ts, TS_WRITER_Q, ts.ts_waiters[TS_WRITER_Q])


def mutex_adaptive_invariant(m: Mutex) -> bool:
    """1: with the chain locked and nobody releasing, waiters imply the bit."""
    ts = turnstile_lookup(m)
    waiters = ts is not NULL
    turnstile_exit(m)
    return not waiters or m.word & MTX_WAITERS != 0


@invariant()
def mutex_adaptive_always(m: Mutex) -> bool:
    """1, while nobody has the lock of the chain."""
    tc = ts_chain(m)
    if m.kind != MUTEX_ADAPTIVE or tc.tc_lock.word != 0:
        return True
    ts = tc.tc_head
    while ts is not NULL and ts.ts_obj != addr(m):
        ts = ts.ts_chain
    return ts is NULL or m.word & MTX_WAITERS != 0
