"""lockmgr(9): a sleeping lock that many may share or one may have, whose release wakes everybody.

What
----
The general lock of 4.4BSD, asked for shared or exclusive. Who wants it shared waits while a thread has it exclusive, or
wants to. Who wants it exclusive waits for that first, then says that it wants the lock, which keeps new sharers out,
and then waits until the last sharer has gone. Every release, and the going over from exclusive to shared, wakes all who
wait, and each looks again.

Why
---
It was the lock for vnodes and mounts, which are held across I/O, so nobody spins for it and nobody is lent anything.
What it costs is an inner lock for each step, and a crowd that wakes to find the lock taken.

The race
--------
Between the look and the sleep the inner lock is held, and it is given up only when the thread is on the queue. So a
release comes before the look, or finds the thread there:

    cpu0                                cpu1
    rw_enter(table, RW_READER)
    rw_enter returns
                                        rw_enter(table, RW_WRITER)
                                        rw_lock.word := 1 reader | 1        -- it wants it
                                        switch_to(idle/1)
    rw_exit(table)
    rw_lock.word := 1
    setrunnable(writer)
    rw_exit returns
                                        rw_lock.word := writer
                                        rw_enter returns

Invariants
----------
1. A thread has it exclusive, or some share it, and not both.
2. Whoever sleeps for it waits for somebody who has it, or wants it exclusive.

Sources
-------
NetBSD sys/kern/kern_lock.c @009d5601 (1.77, 2004: lockmgr with LK_SHARED, LK_EXCLUSIVE, LK_DOWNGRADE, LK_RELEASE;
ACQUIRE, WAKEUP_WAITER). DragonFly's began as the same, and has its counts in one word since; there, too, who wants it
exclusive keeps new sharers out.

Left out
--------
Upgrading, draining, time limits, taking it again while one has it exclusive. Asking to share what one has exclusive,
which goes over to sharing there: here that is `rw_downgrade`. Who shares is not kept. An inner lock of each lock's
own: here it is that of the queue on which threads sleep for it.
"""

from __future__ import annotations

from splx.kernel.interface.locks import Mutex, kernel_relock, kernel_unlock_all, mutex_spin_enter, mutex_spin_exit
from splx.kernel.interface.lwp import Lwp, ci, cpu_intr_p
from splx.kernel.interface.rw import READERS, RW_READER, RW_WRITER, RWLock
from splx.kernel.interface.sched import SleepHash, mi_switch, sleep_hash, sleepq_enter, sleepq_first, sleepq_remove
from splx.lang.kernel import NULL, addr, inline, invariant

__account__ = "lock"

LK_WANT_EXCL = 1
LK_SHARE = 1 << READERS  # one that shares it
LK_OWNER = LK_SHARE - 8  # who has it exclusive


@inline
def lockmgr_check(op: int) -> None:
    """Every call begins with this."""
    assert not cpu_intr_p(), "lockmgr in an interrupt"
    assert ci.mtx_count == 0, "lockmgr while a spin mutex is held"
    assert ci.simple_locks == 0, "lockmgr while a simple lock is held"
    assert RW_READER <= op <= RW_WRITER, "lockmgr: RW_READER or RW_WRITER"


def rw_enter(rw: RWLock, op: int) -> None:
    """lockmgr(rw, LK_SHARED) or (rw, LK_EXCLUSIVE)."""
    lockmgr_check(op)
    m = rw.rw_lock
    l = ci.curlwp
    assert m.word & LK_OWNER != addr(l), "lockmgr: locking against myself"
    sh = sleep_hash(addr(m))
    mutex_spin_enter(sh.sh_lock)
    while m.word & (LK_OWNER | LK_WANT_EXCL) != 0:
        lockmgr_sleep(sh, m, l)
    if op == RW_READER:
        m.word = m.word + LK_SHARE
    else:
        m.word = m.word | LK_WANT_EXCL
        while m.word != LK_WANT_EXCL:
            lockmgr_sleep(sh, m, l)
        m.word = addr(l)
    mutex_spin_exit(sh.sh_lock)
    l.l_locks += 1


def lockmgr_sleep(sh: SleepHash, m: Mutex, l: Lwp) -> None:
    """ACQUIRE: sleep until a release. The inner lock is held, is given up meanwhile, and is held again."""
    sleepq_enter(sh.sh_queue, l, addr(m), sh.sh_lock)
    holds = kernel_unlock_all()
    mi_switch()
    kernel_relock(holds)
    mutex_spin_enter(sh.sh_lock)


def rw_tryenter(rw: RWLock, op: int) -> bool:
    """The same with LK_NOWAIT."""
    lockmgr_check(op)
    m = rw.rw_lock
    l = ci.curlwp
    sh = sleep_hash(addr(m))
    mutex_spin_enter(sh.sh_lock)
    word = m.word
    taken = word == 0 or (op == RW_READER and word & (LK_OWNER | LK_WANT_EXCL) == 0)
    if taken:
        m.word = word + LK_SHARE if op == RW_READER else addr(l)
        l.l_locks += 1
    mutex_spin_exit(sh.sh_lock)
    return taken


def rw_exit(rw: RWLock) -> None:
    """lockmgr(rw, LK_RELEASE)."""
    m = rw.rw_lock
    l = ci.curlwp
    sh = sleep_hash(addr(m))
    mutex_spin_enter(sh.sh_lock)
    word = m.word
    if word & LK_OWNER != 0:
        assert word == addr(l), "lockmgr: not the holder, unlocking"
        m.word = 0
    else:
        assert word >= LK_SHARE, "lockmgr: release of unlocked lock!"
        m.word = word - LK_SHARE
    l.l_locks -= 1
    lockmgr_wakeup(sh, m)
    mutex_spin_exit(sh.sh_lock)


def rw_downgrade(rw: RWLock) -> None:
    """lockmgr(rw, LK_DOWNGRADE)."""
    m = rw.rw_lock
    sh = sleep_hash(addr(m))
    mutex_spin_enter(sh.sh_lock)
    assert m.word == addr(ci.curlwp), "lockmgr: not exclusive lock holder, downgrading"
    m.word = LK_SHARE
    lockmgr_wakeup(sh, m)
    mutex_spin_exit(sh.sh_lock)


def lockmgr_wakeup(sh: SleepHash, m: Mutex) -> None:
    """WAKEUP_WAITER: all who sleep for it. The inner lock is held."""
    waiter = sleepq_first(sh.sh_queue, addr(m))
    while waiter is not NULL:
        sleepq_remove(sh.sh_queue, waiter)
        waiter = sleepq_first(sh.sh_queue, addr(m))


def rw_lock_held(rw: RWLock) -> bool:
    """lockstatus(rw): whether anybody has it."""
    return rw.rw_lock.word & ~LK_WANT_EXCL != 0


def rw_write_held(rw: RWLock) -> bool:
    """Whether the running thread has it exclusive."""
    return rw.rw_lock.word == addr(ci.curlwp)


@invariant()
def lockmgr_always(rw: RWLock) -> bool:
    """1; 2, while nobody has the inner lock."""
    m = rw.rw_lock
    sh = sleep_hash(addr(m))
    alone = m.word & LK_OWNER == 0 or m.word == m.word & LK_OWNER
    return alone and (sh.sh_lock.word != 0 or m.word != 0 or sleepq_first(sh.sh_queue, addr(m)) is NULL)
