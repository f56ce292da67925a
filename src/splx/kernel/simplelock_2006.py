"""lock(9), 2006: splraise and simple_lock, said by the mutex calls; for threads alone, a lock that sleeps.

What
----
What stood where mutexes stand now. Data that an interrupt touches was guarded in two moves, by hand, in every
place: raise the level, take the simple lock, and back in the opposite order. Each place kept the level to go back
to by itself; here the lock keeps it. Data of threads alone had a sleeping lock of the lock manager.

Why
---
It is what the debate of 2006 was about: "SPL operations would be replaced by locks". The scheduler's own locks are
the same thing under all kernels here (mutex_spin), since in 2006 too they were a level and a lock: sched_lock, at
splsched.

The race
--------
The level is per lock and not per CPU, so of two locks released in the order in which they were taken the second is
held without its level:

    cpu0
    a.saved := IPL_NONE         -- mutex_enter(a), at VM
    b.saved := IPL_VM           -- mutex_enter(b), at CLOCK
    a.word := 0                 -- mutex_exit(a)
    spl.ilevel := IPL_NONE      -- b is held
    b.word := 0                 -- mutex_exit(b): splx(VM) does not raise

And two of them taken at different levels, an interrupt between, stop two CPUs (Thorpe, tech-smp, 1999-07-28):

    cpu0                                cpu1
    cas a.word := 1             -- at BIO
                                        cas b.word := 2             -- at NET
    interrupt nic
    mutex_enter(b)
    spins on b.word for ever
                                        mutex_enter(a)
                                        spins on a.word for ever

Invariants
----------
1. The word of a simple lock is 0, or 1 + the CPU that holds it; the word of a sleeping lock is 0 or its owner.
2. While a simple lock is held, and locks are released in the order opposite to taking, the level is at least the
   lock's.
3. A thread that sleeps for a lock is woken by every release of it, and competes.

Sources
-------
NetBSD sys/kern/kern_lock.c @009d5601 (1.77, 2004: lockmgr, WAKEUP_WAITER); simple_lock(9), spl(9) of NetBSD 3;
https://mail-index.netbsd.org/tech-smp/1999/07/28/0001.html.

Left out
--------
Simple locks that vanish on one CPU. Shared holders of sleeping locks. The lock manager's own interlock: the lock of
the queue does for both. Lending of priority: there was none.
"""

from __future__ import annotations

from splx.kernel.interface.axes import spl_level, splraise, splx
from splx.kernel.interface.levels import IPL_SCHED
from splx.kernel.interface.locks import (
    MUTEX_SIMPLE,
    MUTEX_SPIN,
    Mutex,
    kernel_relock,
    kernel_unlock_all,
    mutex_spin_enter,
    mutex_spin_exit,
)
from splx.kernel.interface.lwp import ci, cpu_intr_p
from splx.kernel.interface.sched import SleepHash, mi_switch, sleepq_enter, sleepq_first, sleepq_remove
from splx.lang.kernel import NULL, Array, Struct, account, addr, array, inline, invariant, noinline, spin_while
from splx.machine.intrinsics import cas, cpu_number

__account__ = "lock"

LOCK_HASHES = 4


class LockTable(Struct):
    """Interlocks and queues of sleeping locks, by address.

    Not those of the sleep queues: `cv_wait` holds one of them while it releases its interlock, perhaps one of these.
    """

    bucket: Array[SleepHash] = array(LOCK_HASHES)


lockmgr = LockTable(bucket=[SleepHash(sh_lock=Mutex(ipl=IPL_SCHED, kind=MUTEX_SPIN)) for _ in range(LOCK_HASHES)])


@inline
def lock_hash(m: Mutex) -> SleepHash:
    """The interlock and the queue of `m`."""
    return lockmgr.bucket[(addr(m) >> 3) & (LOCK_HASHES - 1)]


# ---- simple locks


def mutex_simple_enter(m: Mutex) -> None:
    """What was written as s = splraise(ipl); simple_lock(m)."""
    s = splraise(m.ipl)
    if not cas(m.word, 0, cpu_number() + 1):
        simple_lock_wait(m)
    m.saved = s
    ci.simple_locks += 1


@noinline
@account("spin")
def simple_lock_wait(m: Mutex) -> None:
    """Spin, at the lock's level."""
    me = cpu_number() + 1
    assert m.word != me, "locking against myself"
    spin_while(m.word != 0)
    while not cas(m.word, 0, me):
        spin_while(m.word != 0)


def mutex_simple_exit(m: Mutex) -> None:
    """What was written as simple_unlock(m); splx(s)."""
    assert m.word == cpu_number() + 1, "simple_unlock: lock not held"
    ci.simple_locks -= 1
    s = m.saved
    m.word = 0
    splx(s)


def interlock_exit(m: Mutex) -> None:
    """ltsleep: the interlock goes without its level, to which the lock of the sleep queue goes back when it goes."""
    if m.kind == MUTEX_SIMPLE:
        assert m.word == cpu_number() + 1, "simple_unlock: lock not held"
        ci.simple_locks -= 1
        ci.mtx_oldspl = m.saved
        m.word = 0
    else:
        mutex_sleep_exit(m)


# ---- sleeping locks


def mutex_sleep_enter(m: Mutex) -> None:
    """lockmgr(m, LK_EXCLUSIVE): sleep until it is free. Threads only."""
    l = ci.curlwp
    assert not cpu_intr_p(), "sleeping lock in an interrupt"
    assert ci.mtx_count == 0, "sleeping lock while a scheduler lock is held"
    assert ci.simple_locks == 0, "sleeping lock while a simple lock is held"
    assert m.word != addr(l), "locking against myself"
    sh = lock_hash(m)
    mutex_spin_enter(sh.sh_lock)
    while m.word != 0:
        sleepq_enter(sh.sh_queue, l, addr(m), sh.sh_lock)
        holds = kernel_unlock_all()
        mi_switch()
        kernel_relock(holds)
        mutex_spin_enter(sh.sh_lock)
    m.word = addr(l)
    mutex_spin_exit(sh.sh_lock)
    l.l_locks += 1


def mutex_sleep_exit(m: Mutex) -> None:
    """lockmgr(m, LK_RELEASE): wake all who sleep for it."""
    l = ci.curlwp
    assert m.word == addr(l), "releasing a lock that is not held"
    l.l_locks -= 1
    sh = lock_hash(m)
    mutex_spin_enter(sh.sh_lock)
    m.word = 0
    waiter = sleepq_first(sh.sh_queue, addr(m))
    while waiter is not NULL:
        sleepq_remove(sh.sh_queue, waiter)
        waiter = sleepq_first(sh.sh_queue, addr(m))
    mutex_spin_exit(sh.sh_lock)


# ---- by the level that a lock was declared with


def mutex_enter(m: Mutex) -> None:
    """Take `m`, which is a simple lock if an interrupt uses it."""
    if m.kind == MUTEX_SIMPLE:
        mutex_simple_enter(m)
    else:
        mutex_sleep_enter(m)


def mutex_exit(m: Mutex) -> None:
    """Release `m`."""
    if m.kind == MUTEX_SIMPLE:
        mutex_simple_exit(m)
    else:
        mutex_sleep_exit(m)


def mutex_tryenter(m: Mutex) -> bool:
    """Take `m` if it is free."""
    if m.kind == MUTEX_SIMPLE:
        s = splraise(m.ipl)
        if not cas(m.word, 0, cpu_number() + 1):
            splx(s)
            return False
        m.saved = s
        ci.simple_locks += 1
        return True
    return mutex_sleep_tryenter(m)


def mutex_sleep_tryenter(m: Mutex) -> bool:
    """lockmgr(m, LK_EXCLUSIVE | LK_NOWAIT). Under the same lock as `mutex_sleep_enter`, which tests and then stores."""
    assert not cpu_intr_p(), "sleeping lock in an interrupt"
    l = ci.curlwp
    lock = lock_hash(m).sh_lock
    mutex_spin_enter(lock)
    free = m.word == 0
    if free:
        m.word = addr(l)
        l.l_locks += 1
    mutex_spin_exit(lock)
    return free


def mutex_owned(m: Mutex) -> bool:
    """Whether this CPU holds the simple lock, or this thread the other."""
    if m.kind == MUTEX_SIMPLE:
        return m.word == cpu_number() + 1
    return m.word == addr(ci.curlwp)


@invariant()
def simplelock_always(m: Mutex) -> bool:
    """Who holds a simple lock is at its level."""
    return m.kind != MUTEX_SIMPLE or m.word != cpu_number() + 1 or spl_level() >= m.ipl
