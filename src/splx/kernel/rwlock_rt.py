"""rwlock of PREEMPT_RT: an rt_mutex for who writes, and a count of readers beside it.

What
----
Who writes takes the rt_mutex of the lock, says in the count that it has come, and waits until the readers who are in
have left; then the lock is its own. A reader adds itself to the count, by one locked operation, unless somebody writes
or means to: then it takes the rt_mutex in its turn, counts itself while it has that, and lets go of it at once. The
last reader to leave wakes the writer, if there is one.

So everybody who waits for a writer waits for an rt_mutex, best first, and lends to its owner, along the chain, whether
it means to read or to write. Who writes and waits for readers lends to nobody: of readers there is the number, not
the names.

Why
---
A lock that sleeps has to lend, and what it cannot lend to many it can lend to one. To lend to all readers each lock
would need a list of them; Linux decided that this is not worth it, and that code in real time had better not write
under such a lock (case `d3_readers`).

The race
--------
The last reader leaves while the writer makes up its mind to sleep. The reader looks whom to wake under the lock under
which the writer looked at the count, and on which it goes to sleep:

    cpu0: reader                        cpu1: writer
    cas rw_readers := 1
                                        cas rw_lock.word := writer      -- mutex_sleep_enter
                                        fetch_add rw_readers := RW_CLOSED | 1
                                        cas wait_lock.word := 2
                                        rw_await(table)                 -- there is one
    fetch_add rw_readers := RW_CLOSED
    rw_wake(table)
    cas wait_lock.word fails
                                        switch_to(idle/1)               -- asleep
    cas wait_lock.word := 1
    rw_wake returns
                                        rw_readers := RW_CLOSED | RW_WRITING

Without that lock the reader may find that nobody sleeps yet, and then nobody comes any more.

Invariants
----------
1. While somebody writes nobody reads.
2. Only while the rt_mutex has an owner are readers kept out.

Sources
-------
Linux kernel/locking/rwbase_rt.c @45f67f30 (6.x): rwbase_read_lock, rwbase_read_unlock, rwbase_write_lock,
rwbase_write_trylock, rwbase_write_unlock, rwbase_write_downgrade; Documentation/locking/locktypes.rst. Until
286deb7ec03d (6.4) a reader came in beside a writer that waited, as long as it pleased.

Left out
--------
rwlock_t, whose holder stays on its CPU: what is declared here is a lock of threads, an rw_semaphore, and taken where a
mutex is. Linux's count is below zero while readers may come in, and this one has a bit while they may not, so that a
lock that nobody has is all zeros. A reader that waits takes the rt_mutex and counts itself in two steps, where Linux
keeps its wait_lock for both; while it owns the rt_mutex nobody can tell. Signals.
"""

from __future__ import annotations

from splx.kernel.interface.locks import (
    Mutex,
    mutex_sleep_enter,
    mutex_sleep_exit,
    mutex_sleep_tryenter,
    mutex_spin_enter,
    mutex_spin_exit,
)
from splx.kernel.interface.lwp import LSSLEEP, Lwp, ci, cpu_intr_p
from splx.kernel.interface.rt import rt_mutex_owner, rt_mutex_post_schedule, rt_mutex_pre_schedule, rt_of, rtmutexes
from splx.kernel.interface.rw import RW_CLOSED, RW_READER, RW_WRITER, RW_WRITING, RWLock
from splx.kernel.interface.sched import lwp_lock, mi_switch, setrunnable
from splx.lang.kernel import NULL, addr, inline, invariant, noinline
from splx.machine.intrinsics import cas, fetch_add

__account__ = "lock"


def rw_enter(rw: RWLock, op: int) -> None:
    """down_read, down_write: take `rw`. Threads, with interrupts on; may sleep."""
    rw_may(op)
    if op == RW_WRITER:
        mutex_sleep_enter(rw.rw_lock)
        rw_close(rw)
        mutex_spin_enter(rtmutexes.wait_lock)
        while rw.rw_readers != RW_CLOSED:
            rw_await(rw)
        rw.rw_readers = RW_CLOSED | RW_WRITING
        mutex_spin_exit(rtmutexes.wait_lock)
    else:
        if not rw_read_fast(rw):
            rw_read_slow(rw)
        ci.curlwp.l_locks += 1


def rw_exit(rw: RWLock) -> None:
    """up_read, up_write: release `rw`."""
    if rw_write_held(rw):
        rw_open(rw, 0)
    else:
        ci.curlwp.l_locks -= 1
        was = fetch_add(rw.rw_readers, -1)
        assert was & (RW_WRITING - 1) != 0, "rw_exit: nobody reads"
        if was == RW_CLOSED | 1:
            rw_wake(rw)


def rw_tryenter(rw: RWLock, op: int) -> bool:
    """down_read_trylock, down_write_trylock: take `rw` if that needs no waiting."""
    rw_may(op)
    if op == RW_READER:
        taken = rw_read_fast(rw)
        ci.curlwp.l_locks += int(taken)
        return taken
    if not mutex_sleep_tryenter(rw.rw_lock):
        return False
    rw_close(rw)
    mutex_spin_enter(rtmutexes.wait_lock)
    alone = rw.rw_readers == RW_CLOSED
    if alone:
        rw.rw_readers = RW_CLOSED | RW_WRITING
    mutex_spin_exit(rtmutexes.wait_lock)
    if not alone:
        fetch_add(rw.rw_readers, -RW_CLOSED)
        mutex_sleep_exit(rw.rw_lock)
    return alone


def rw_downgrade(rw: RWLock) -> None:
    """downgrade_write: the writer is a reader from now on; who waits for the rt_mutex comes in, or waits for it."""
    assert rw_write_held(rw), "rw_downgrade: not held to write"
    ci.curlwp.l_locks += 1
    rw_open(rw, 1)


def rw_lock_held(rw: RWLock) -> bool:
    """Whether somebody holds it."""
    return rw.rw_readers & ~RW_CLOSED != 0


def rw_write_held(rw: RWLock) -> bool:
    """Whether the running thread holds it to write."""
    return rw.rw_readers & RW_WRITING != 0 and rt_mutex_owner(rw.rw_lock) is ci.curlwp


@inline
def rw_may(op: int) -> None:
    """Where a mutex may be taken, which the rt_mutex asserts of those that come to it."""
    assert not cpu_intr_p(), "rwlock in a hard interrupt"
    assert ci.mtx_count == 0, "rwlock while a spin mutex is held"
    assert ci.curlwp.l_nopreempt == 0, "a lock that sleeps with preemption disabled"
    assert rt_of(ci.curlwp).rt_nomigrate == 0, "a mutex where a spinlock_t is held or soft interrupts are disabled"
    assert RW_READER <= op <= RW_WRITER, "RW_READER or RW_WRITER"


@inline
def rw_close(rw: RWLock) -> None:
    """Readers are sent to the rt_mutex, which is mine."""
    fetch_add(rw.rw_readers, RW_CLOSED)


def rw_open(rw: RWLock, readers: int) -> None:
    """rwbase_write_unlock: nobody writes, so many read."""
    mutex_spin_enter(rtmutexes.wait_lock)
    rw.rw_readers = readers
    mutex_spin_exit(rtmutexes.wait_lock)
    mutex_sleep_exit(rw.rw_lock)


@inline
def rw_read_fast(rw: RWLock) -> bool:
    """rwbase_read_trylock: come in, unless somebody writes or waits to."""
    while True:
        readers = rw.rw_readers
        if readers & RW_CLOSED != 0:
            return False
        if cas(rw.rw_readers, readers, readers + 1):
            return True


@noinline
def rw_read_slow(rw: RWLock) -> None:
    """In my turn: who has the rt_mutex is no writer, and while I have it none is in."""
    mutex_sleep_enter(rw.rw_lock)
    fetch_add(rw.rw_readers, 1)
    mutex_sleep_exit(rw.rw_lock)


@noinline
def rw_await(rw: RWLock) -> None:
    """Sleep until the last reader has left. wait_lock is held, and let go of in between."""
    l = ci.curlwp
    told = rt_mutex_pre_schedule(l)
    lwp_lock(l)
    l.l_stat = LSSLEEP
    l.l_wchan = addr(rw)
    mutex_spin_exit(rtmutexes.wait_lock)
    mi_switch()
    if told:
        rt_mutex_post_schedule(l)
    mutex_spin_enter(rtmutexes.wait_lock)


@noinline
def rw_wake(rw: RWLock) -> None:
    """Wake who waits for readers, if he does: the owner of the rt_mutex."""
    mutex_spin_enter(rtmutexes.wait_lock)
    l = rt_mutex_owner(rw.rw_lock)
    if l is not NULL:
        rw_rouse(rw, l)
    mutex_spin_exit(rtmutexes.wait_lock)


@inline
def rw_rouse(rw: RWLock, l: Lwp) -> None:
    """Wake `l`, if it sleeps for readers of `rw`."""
    lwp_lock(l)
    lock = l.l_mutex
    if l.l_wchan == addr(rw):
        l.l_wchan = 0
        setrunnable(l)  # afterwards another lock guards it
    mutex_spin_exit(lock)


@inline
def rw_taken(m: Mutex) -> bool:
    """Whether the rt_mutex has an owner."""
    return rt_mutex_owner(m) is not NULL


@invariant()
def rw_always(rw: RWLock) -> bool:
    """1, 2."""
    word = rw.rw_readers
    alone = word & RW_WRITING == 0 or word == RW_CLOSED | RW_WRITING
    return alone and (word & RW_CLOSED == 0 or rw_taken(rw.rw_lock))
