"""Executive resources: a lock that many may share or one may have, which a release hands to those who wait.

What
----
A thread that wants a resource shared gets it unless another has it exclusive, or waits to. One that wants it exclusive
gets it if nobody has it. Who must wait sleeps behind those that came before and wait for the same, whatever its
priority. A release that leaves nobody hands over: an exclusive owner's to all who wait to share, or else to the first
who waits for it alone; the last sharer's to the first who waits for it alone. Who is woken has it.

Why
---
It is what file systems and drivers share tables with, below DISPATCH_LEVEL: a mutex of the dispatcher has one owner.
Sharers and those who want it alone take turns, so neither starves the other. Nobody is lent any priority, but there
whoever has waited for half a second raises that of the owners.

The race
--------
The last sharer leaves when another thread wants the resource alone. It is the owner before it runs again, and who
comes meanwhile waits for it:

    cpu0                                cpu1
    rw_enter(table, RW_READER)
    rw_enter returns
                                        rw_enter(table, RW_WRITER)
                                        switch_to(idle/1)
    rw_exit(table)
    rw_lock.word := writer      -- handed over
    setrunnable(writer)
    rw_exit returns
                                        switch_to(writer)
                                        rw_enter returns

Invariants
----------
1. A thread has it exclusive, or some share it, and not both.
2. While somebody waits for it, somebody has it.

Sources
-------
ReactOS ntoskrnl/ex/resource.c @116fd14f (ExAcquireResourceSharedLite, ExAcquireResourceExclusiveLite,
ExReleaseResourceForThreadLite, ExConvertExclusiveToSharedLite), a reimplementation of Windows NT: a model of it, not
the thing. Windows driver documentation: Introduction to ERESOURCE Routines.

Left out
--------
Who shares is not kept, so a thread may not share it twice where another waits to have it alone; there it may, and may
take again what it has alone. ExAcquireSharedStarveExclusive. The priority that owners are given after half a second
(ExpBoostOwnerThread), and that of who is woken. Kernel APCs, which are to be disabled meanwhile. A lock of each
resource's own: here it is that of the queue on which threads sleep for it. Push locks, which are the kernel's own.
"""

from __future__ import annotations

from splx.kernel.interface.axes import spl_level
from splx.kernel.interface.levels import IPL_SOFTCLOCK, PRI_IDLE
from splx.kernel.interface.locks import Mutex, mutex_spin_enter, mutex_spin_exit
from splx.kernel.interface.lwp import SOBJ_SCHED, SOBJ_SHARED, Lwp, Sleepq, ci, cpu_intr_p
from splx.kernel.interface.rw import READERS, RW_READER, RW_WRITER, RWLock
from splx.kernel.interface.sched import (
    SleepHash,
    mi_switch,
    sleep_hash,
    sleepq_enter,
    sleepq_first,
    sleepq_insert,
    sleepq_remove,
    sleepq_unlink,
)
from splx.lang.kernel import NULL, addr, inline, invariant

__account__ = "lock"

SHARE = 1 << READERS  # one that shares it
OWNER = SHARE - 8  # who has it exclusive


@inline
def resource_check(op: int) -> None:
    """Every call begins with this, whether or not it has to wait."""
    assert not cpu_intr_p(), "wait for a resource in an interrupt or a DPC"
    assert spl_level() < IPL_SOFTCLOCK, "wait for a resource at DISPATCH_LEVEL or above"
    assert ci.curlwp.l_nopreempt == 0, "wait for a resource with preemption disabled"
    assert RW_READER <= op <= RW_WRITER, "ExAcquireResource: RW_READER or RW_WRITER"


def resource_first(m: Mutex, q: Sleepq, kind: int) -> Lwp:
    """The first who waits for it alone (SOBJ_SCHED), or to share it (SOBJ_SHARED); NULL if none does. With the lock."""
    l = q.sq_head
    while l is not NULL and (l.l_wchan != addr(m) or l.l_syncobj != kind):
        l = l.l_next
    return l


def resource_take(m: Mutex, sh: SleepHash, op: int) -> bool:
    """Take it if that needs no waiting. With the lock."""
    word = m.word
    taken = word == 0 or (op == RW_READER and word & OWNER == 0 and resource_first(m, sh.sh_queue, SOBJ_SCHED) is NULL)
    if taken:
        m.word = word + SHARE if op == RW_READER else addr(ci.curlwp)
    return taken


def rw_enter(rw: RWLock, op: int) -> None:
    """ExAcquireResourceSharedLite or ExAcquireResourceExclusiveLite: now, or when it is handed over."""
    resource_check(op)
    l = ci.curlwp
    assert rw.rw_lock.word & OWNER != addr(l), "locking against myself"
    sh = sleep_hash(addr(rw.rw_lock))
    mutex_spin_enter(sh.sh_lock)
    if resource_take(rw.rw_lock, sh, op):
        mutex_spin_exit(sh.sh_lock)
    else:
        resource_wait(rw.rw_lock, sh, SOBJ_SHARED if op == RW_READER else SOBJ_SCHED)
    l.l_locks += 1


def resource_wait(m: Mutex, sh: SleepHash, kind: int) -> None:
    """ExpWaitForResource: behind those that came before. The lock is held, and is released by the switch."""
    l = ci.curlwp
    sleepq_enter(sh.sh_queue, l, addr(m), sh.sh_lock)
    l.l_syncobj = kind
    sleepq_unlink(sh.sh_queue, l)
    sleepq_insert(sh.sh_queue, l, PRI_IDLE)
    mi_switch()


def rw_tryenter(rw: RWLock, op: int) -> bool:
    """The same with Wait FALSE."""
    resource_check(op)
    sh = sleep_hash(addr(rw.rw_lock))
    mutex_spin_enter(sh.sh_lock)
    taken = resource_take(rw.rw_lock, sh, op)
    ci.curlwp.l_locks += int(taken)
    mutex_spin_exit(sh.sh_lock)
    return taken


def rw_exit(rw: RWLock) -> None:
    """ExReleaseResourceLite."""
    m = rw.rw_lock
    l = ci.curlwp
    sh = sleep_hash(addr(m))
    mutex_spin_enter(sh.sh_lock)
    word = m.word
    l.l_locks -= 1
    if word & OWNER != 0:
        assert word == addr(l), "RESOURCE_NOT_OWNED: another thread has it exclusive"
        m.word = 0
        resource_share(rw.rw_lock, sh)
    else:
        assert word >= SHARE, "RESOURCE_NOT_OWNED: nobody has it"
        m.word = word - SHARE
    if m.word == 0:
        resource_hand(m, sh)
    mutex_spin_exit(sh.sh_lock)


def rw_downgrade(rw: RWLock) -> None:
    """ExConvertExclusiveToSharedLite: all who wait to share come in, whoever else waits."""
    sh = sleep_hash(addr(rw.rw_lock))
    mutex_spin_enter(sh.sh_lock)
    assert rw.rw_lock.word == addr(ci.curlwp), "ExConvertExclusiveToShared: not exclusive"
    rw.rw_lock.word = SHARE
    resource_share(rw.rw_lock, sh)
    mutex_spin_exit(sh.sh_lock)


def resource_share(m: Mutex, sh: SleepHash) -> None:
    """All who wait to share it do, and are woken. With the lock."""
    first = resource_first(m, sh.sh_queue, SOBJ_SHARED)
    while first is not NULL:
        m.word = m.word + SHARE
        sleepq_remove(sh.sh_queue, first)
        first = resource_first(m, sh.sh_queue, SOBJ_SHARED)


@inline
def resource_hand(m: Mutex, sh: SleepHash) -> None:
    """Nobody has it: the first who waits for it alone does. With the lock."""
    first = resource_first(m, sh.sh_queue, SOBJ_SCHED)
    if first is not NULL:
        m.word = addr(first)
        sleepq_remove(sh.sh_queue, first)


def rw_lock_held(rw: RWLock) -> bool:
    """Whether anybody has it."""
    return rw.rw_lock.word != 0


def rw_write_held(rw: RWLock) -> bool:
    """ExIsResourceAcquiredExclusiveLite."""
    return rw.rw_lock.word == addr(ci.curlwp)


@invariant()
def resource_always(rw: RWLock) -> bool:
    """1; 2, while nobody has the lock."""
    m = rw.rw_lock
    sh = sleep_hash(addr(m))
    alone = m.word & OWNER == 0 or m.word == m.word & OWNER
    return alone and (sh.sh_lock.word != 0 or m.word != 0 or sleepq_first(sh.sh_queue, addr(m)) is NULL)
