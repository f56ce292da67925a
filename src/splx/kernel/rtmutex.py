"""rt_mutex: every lock that is not raw. Who waits lends its priority, along the chain, and is woken alone.

What
----
A lock of the level of a device, or of a soft one, is a spinlock_t, and it sleeps; so does one of threads, a mutex.
The word is the owner, with a bit that says that somebody waits. Entering a free lock and leaving one that nobody
waits for is one locked operation at either end. Who finds it held joins those who wait, best first, and lends: the
priority of a thread is that of the best who waits for anything that it owns, and if it waits itself its place is
looked at again, and so on to the end of the chain. The first of those who wait spins while the owner runs; all others
sleep.

Leaving wakes the first, and gives the lock to nobody. It stays first, and bit and word say so: the lock is taken by
the first, or by one who comes by and is better, or as good and not a real-time thread (a spinlock_t only): it
*steals*.

Who holds a spinlock_t does not migrate, and may not sleep but for another one.

Why
---
A spin lock keeps everybody from its CPU for as long as it is held, at whatever priority. A lock that sleeps keeps
only those away who want it; then it has to be one that lends, or a thread in the middle keeps out the best.

The race
--------
Leaving looks at the bit and lets go in one operation; whoever comes sets the bit first, and then looks at the owner:

    cpu0: owner                         cpu1: waiter
    cas m.word := owner
    switch_to(other)            -- gives way
                                        cas m.word fails
                                        rt_mutex_slowlock(m)
                                        cas m.word := owner | RT_HAS_WAITERS
                                        switch_to(idle/1)           -- asleep
    switch_exit(owner)
    cas m.word fails            -- mutex_sleep_exit
    rt_mutex_slowunlock(m)
    m.word := RT_HAS_WAITERS    -- nobody's, and it is not free
    rt_mutex_slowunlock returns
                                        switch_to(waiter)
                                        m.word := waiter

Invariants
----------
1. While somebody waits for a lock, its bit is set.
2. Who waits is in falling order of the priority that it had when it was put there.
3. At rest, l_inherited is the best priority of those who wait for what the thread owns, or -1.
4. A raw lock is not held, and preemption not disabled, by who takes one of these; who is in a section without soft
   interrupts, or holds a spinlock_t, takes no mutex, nor sleeps for anything else.

Sources
-------
Linux kernel/locking/rtmutex.c, spinlock_rt.c (6.x): try_to_take_rt_mutex, rt_mutex_steal, task_blocks_on_rt_mutex,
rt_mutex_adjust_prio_chain, rtlock_slowlock_locked, mark_wakeup_next_waiter; Documentation/locking/rt-mutex-
design.rst, locktypes.rst.

Left out
--------
A wait_lock in each lock and a pi_lock in each thread: here all locks have one, raw, that is held for the whole of a
walk. What was lent is looked up among those who wait, and kept in no tree. The state in which the thread meant to
sleep before it met the lock (saved_state): nothing here takes a lock between the two. A limit to the length of a
chain; one who waits with a time limit.
"""

from __future__ import annotations

from splx.kernel.interface.levels import IPL_NONE, PRI_USER_RT
from splx.kernel.interface.locks import MUTEX_RT, Mutex, mutex_spin_enter, mutex_spin_exit
from splx.kernel.interface.lwp import LSSLEEP, Lwp, RtTask, ci, cpu_intr_p
from splx.kernel.interface.rt import (
    RT_FLAGS,
    migrate_disable,
    migrate_enable,
    rt_mutex_owner,
    rt_mutex_post_schedule,
    rt_mutex_pre_schedule,
    rt_of,
    rtmutexes,
)
from splx.kernel.interface.sched import (
    lwp_eprio,
    lwp_lock,
    lwp_onproc,
    lwp_trylock,
    lwp_unlock,
    mi_switch,
    sched_changepri,
    setrunnable,
)
from splx.lang.kernel import NULL, account, addr, inline, invariant, noinline, on_cpu, spin_while
from splx.machine.intrinsics import cas, cpu_number

__account__ = "lock"

RT_HAS_WAITERS = 1


@inline
def rt_mutex_may(m: Mutex, l: Lwp) -> None:
    """4."""
    assert not cpu_intr_p(), "a lock that sleeps in an interrupt without a thread"
    assert ci.mtx_count == 0, "a lock that sleeps while a raw one is held"
    assert l.l_nopreempt == 0, "a lock that sleeps with preemption disabled"
    assert m.ipl != IPL_NONE or rt_of(l).rt_nomigrate == 0, (
        "a mutex where a spinlock_t is held or soft interrupts are disabled"
    )


@inline
def section_check() -> None:
    """4. There it is a read-side section of RCU, too, in which might_sleep and schedule say so."""
    assert rt_of(ci.curlwp).rt_nomigrate == 0, "sleep where a spinlock_t is held or soft interrupts are disabled"


def mutex_sleep_enter(m: Mutex) -> None:
    """rt_spin_lock, mutex_lock: take `m`. Threads, with interrupts on; may sleep."""
    l = ci.curlwp
    rt_mutex_may(m, l)
    if not cas(m.word, 0, addr(l)):
        rt_mutex_slowlock(m)
    if m.ipl != IPL_NONE:
        migrate_disable(l)
    l.l_locks += 1


def mutex_sleep_exit(m: Mutex) -> None:
    """rt_spin_unlock, mutex_unlock: release `m`."""
    l = ci.curlwp
    l.l_locks -= 1
    if m.ipl != IPL_NONE:
        migrate_enable(l)
    if not cas(m.word, addr(l), 0):
        rt_mutex_slowunlock(m)


def mutex_sleep_tryenter(m: Mutex) -> bool:
    """Take `m` if it is free, or if those who wait for it are worse."""
    l = ci.curlwp
    rt_mutex_may(m, l)
    taken = cas(m.word, 0, addr(l))
    if not taken and rt_mutex_owner(m) is NULL:
        mutex_spin_enter(rtmutexes.wait_lock)
        taken = rt_mutex_try(m, rt_of(l))
        mutex_spin_exit(rtmutexes.wait_lock)
    if taken:
        l.l_locks += 1
        if m.ipl != IPL_NONE:
            migrate_disable(l)
    return taken


@noinline
def rt_mutex_slowlock(m: Mutex) -> None:
    """Until `m` is mine: join those who wait, lend, and spin or sleep."""
    l = ci.curlwp
    rt = rt_of(l)
    assert rt_mutex_owner(m) is not l, "locking against myself"
    mutex_spin_enter(rtmutexes.wait_lock)
    while not rt_mutex_try(m, rt):
        if rt.rt_lock is NULL:
            rt_mutex_enqueue(rt, m)
            rt_mutex_adjust(rt_mutex_owner(m))
        else:
            rt_mutex_wait(m, rt)
    mutex_spin_exit(rtmutexes.wait_lock)


def rt_mutex_try(m: Mutex, rt: RtTask) -> bool:
    """try_to_take_rt_mutex. wait_lock is held; while the bit is set nobody else changes the word without it.

    A bit that is set for nobody goes with the owner.
    """
    word = m.word
    while word & RT_HAS_WAITERS == 0 and not cas(m.word, word, word | RT_HAS_WAITERS):
        word = m.word
    top = rt_mutex_top(m)
    if m.word & ~RT_FLAGS != 0 or (top is not NULL and top is not rt and not rt_mutex_steal(m, rt, top)):
        return False
    if rt.rt_lock is not NULL:
        rt_mutex_dequeue(rt)
        rt.rt_lock = NULL
        top = rt_mutex_top(m)
    m.word = addr(rt.rt_lwp) | int(top is not NULL)
    rt_mutex_adjust(rt.rt_lwp)
    return True


@inline
def rt_mutex_steal(m: Mutex, rt: RtTask, top: RtTask) -> bool:
    """Whether who comes by takes precedence over the first who waits."""
    mine = lwp_eprio(rt.rt_lwp)
    return mine > top.rt_prio or (mine == top.rt_prio and mine < PRI_USER_RT and m.ipl != IPL_NONE)


def rt_mutex_wait(m: Mutex, rt: RtTask) -> None:
    """Wait for what may have changed. wait_lock is held, and let go of in between."""
    l = rt.rt_lwp
    owner = rt_mutex_owner(m)
    if owner is not NULL and rt_mutex_top(m) is rt and lwp_onproc(owner):
        mutex_spin_exit(rtmutexes.wait_lock)
        rt_mutex_spin(m, owner)
    else:
        told = rt_mutex_pre_schedule(l)
        lwp_lock(l)
        l.l_stat = LSSLEEP
        l.l_wchan = addr(m)
        mutex_spin_exit(rtmutexes.wait_lock)
        mi_switch()
        if told:
            rt_mutex_post_schedule(l)
    mutex_spin_enter(rtmutexes.wait_lock)


@account("spin")
def rt_mutex_spin(m: Mutex, owner: Lwp) -> None:
    """rtmutex_spin_on_owner: preemptible, as everything."""
    spin_while(m.word & ~RT_FLAGS == addr(owner) and on_cpu(ci, owner.l_cpu).running is owner)


@noinline
def rt_mutex_slowunlock(m: Mutex) -> None:
    """Nobody's now; wake the first who waits, and give back what was lent."""
    l = ci.curlwp
    assert rt_mutex_owner(m) is l, "exiting unheld mutex"
    mutex_spin_enter(rtmutexes.wait_lock)
    top = rt_mutex_top(m)
    m.word = int(top is not NULL)
    if top is not NULL:
        rt_mutex_wake(m, top.rt_lwp)
    rt_mutex_adjust(l)
    mutex_spin_exit(rtmutexes.wait_lock)


def rt_mutex_wake(m: Mutex, l: Lwp) -> None:
    """Wake `l`, if it sleeps for `m`."""
    lwp_lock(l)
    lock = l.l_mutex
    if l.l_wchan == addr(m):
        l.l_wchan = 0
        setrunnable(l)  # afterwards another lock guards it
    mutex_spin_exit(lock)


# ---- those who wait, and what they lend


@inline
def rt_mutex_top(m: Mutex) -> RtTask:
    """The first who waits for `m`, or NULL."""
    rt = rtmutexes.first
    while rt is not NULL and rt.rt_lock is not m:
        rt = rt.rt_next
    return rt


def rt_mutex_enqueue(rt: RtTask, m: Mutex) -> None:
    """`rt` waits for `m`, behind its equals."""
    prio = lwp_eprio(rt.rt_lwp)
    rt.rt_lock = m
    rt.rt_prio = prio
    before: RtTask = NULL
    after = rtmutexes.first
    while after is not NULL and after.rt_prio >= prio:
        before = after
        after = after.rt_next
    rt.rt_next = after
    if before is NULL:
        rtmutexes.first = rt
    else:
        before.rt_next = rt


def rt_mutex_dequeue(rt: RtTask) -> None:
    """It is among them no longer."""
    if rtmutexes.first is rt:
        rtmutexes.first = rt.rt_next
    else:
        before = rtmutexes.first
        while before.rt_next is not rt:
            before = before.rt_next
        before.rt_next = rt.rt_next
    rt.rt_next = NULL


@inline
def rt_mutex_lent(l: Lwp) -> int:
    """The priority of the best who waits for what `l` owns; -1 if nobody does."""
    rt = rtmutexes.first
    while rt is not NULL and rt_mutex_owner(rt.rt_lock) is not l:
        rt = rt.rt_next
    prio = -1
    if rt is not NULL:
        prio = rt.rt_prio
    return prio


def rt_mutex_adjust(start: Lwp) -> None:
    """rt_mutex_adjust_prio_chain: lend `start` what it is due, and so to whom it waits for, and on. wait_lock is held.

    Threads are guarded by the locks of the queues they sleep on, and who releases a lock on its way to sleep has that
    of its queue already. So the lock of a thread is tried, and wait_lock let go of until it is free.
    """
    l = start
    rtmutexes.walks += 1
    while l is not NULL:
        prio = rt_mutex_lent(l)
        if prio == l.l_inherited:
            break
        lock = l.l_mutex
        mine = lock.word == cpu_number() + 1
        if mine or lwp_trylock(l):
            sched_changepri(l, prio)
            if not mine:
                lwp_unlock(l)
            l = rt_mutex_requeue(l)
        else:
            rt_mutex_retry(lock)
    rtmutexes.walks -= 1


@account("spin")
def rt_mutex_retry(lock: Mutex) -> None:
    """Let go of wait_lock until `lock` is free."""
    mutex_spin_exit(rtmutexes.wait_lock)
    spin_while(lock.word != 0)
    mutex_spin_enter(rtmutexes.wait_lock)


def rt_mutex_requeue(l: Lwp) -> Lwp:
    """The priority of `l` has changed, and with it its place among those who wait; returns who owns what it waits for.

    If nobody does, the first has been woken, which may be another one now.
    """
    owner: Lwp = NULL
    m = rt_of(l).rt_lock
    if m is not NULL:
        rt_mutex_dequeue(rt_of(l))
        rt_mutex_enqueue(rt_of(l), m)
        owner = rt_mutex_owner(m)
        if owner is NULL:
            rt_mutex_wake(m, rt_mutex_top(m).rt_lwp)
    return owner


@invariant()
def rt_mutex_waiters(rt: RtTask) -> bool:
    """1, 2, while nobody has wait_lock."""
    if rtmutexes.wait_lock.word != 0 or rt.rt_lock is NULL:
        return True
    ordered = rt.rt_next is NULL or rt.rt_next.rt_prio <= rt.rt_prio
    return ordered and rt.rt_lock.word & RT_HAS_WAITERS != 0 and rt.rt_lock.kind == MUTEX_RT


@invariant()
def rt_mutex_lends(l: Lwp) -> bool:
    """3, while nobody has wait_lock, or has let go of it for a moment."""
    return rtmutexes.wait_lock.word != 0 or rtmutexes.walks != 0 or rt_mutex_lent(l) == l.l_inherited
