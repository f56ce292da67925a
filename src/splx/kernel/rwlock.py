"""rwlock(9): many readers or one writer, and nobody left to lend to while it is readers.

What
----
One word: the writer, or how many readers there are, and three flags: somebody waits, a writer waits, a writer has
it. A reader comes in unless a writer has the lock or waits for it, a writer if nobody has it. Both ends are one
locked compare-and-swap each. Whoever has to wait spins while a writer has it, runs, and nobody waits yet; else
it sleeps on a turnstile, readers and writers in a queue each.

A release that leaves waiters and no holder does not free the lock: it hands it over. A writer's goes to all readers
that wait; a reader's to the first writer, if readers wait too. If there are writers only, all are woken to compete,
and WRITE_WANTED keeps new readers out until one of them has it. A thread that is handed the lock owns it before it
runs.

Why
---
Lists that are read much more often than changed: routes, mounts, processes. It shows what lending cannot do. To a
writer a waiter lends as to the owner of a mutex, and on along the chain. Readers are a number: nobody knows who they
are, the chain ends there, and a writer of high priority waits for a reader as long as threads in the middle please
(Laight's doubt (g), 2006-12-02; case `d3_readers`).

The race
--------
The last reader leaves while a writer makes up its mind to sleep. The waiter sets its bits by compare-and-swap under
the lock of the chain, and only if the lock is still as it looked when it decided:

    cpu0: reader                        cpu1: writer
    cas rw_lock.word := 1 reader
                                        turnstile_lookup
    cas rw_lock.word := 0       -- nobody waits
                                        mutex_spin_exit             -- turnstile_exit
                                        cas rw_lock.word := writer | 4
                                        rw_enter returns

If it set them blindly nobody would come to hand it over:

    with the bits set blindly:
    cpu0: reader                        cpu1: writer
    cas rw_lock.word := 1 reader
                                        turnstile_lookup
    cas rw_lock.word := 0       -- nobody waits
                                        cas rw_lock.word := RW_HAS_WAITERS | RW_WRITE_WANTED
                                        switch_to(idle/1)           -- asleep
                                        waits for ever

Invariants
----------
1. A thread that sleeps on the turnstile of rw: HAS_WAITERS is set in rw, and somebody has the lock, or WRITE_WANTED
   says that a writer which was woken comes for it.
2. While a writer sleeps there, WRITE_WANTED is set too.
3. The word is a writer with WRITE_LOCKED, or a number of readers without it, or no holder at all.

Sources
-------
NetBSD sys/kern/kern_rwlock.c @c872f0d9 (1.71, 2023): rw_vector_enter, rw_vector_exit, rw_vector_tryenter,
rw_downgrade, rw_oncpu. Its authors model it on Solaris' rwlocks. FreeBSD's rw(9) lends to a writer alone, too.

Left out
--------
rw_tryupgrade. Who reads is not kept: `rw_lock_held` holds for whoever asks, as the original's. The count of readers
lies above the address of a thread, not in its place: a turnstile that asks who owns a lock that readers have reads
"nobody", without a test of its own. Whoever is handed the lock inherits nothing from those who still wait, as in the
original: they lend again only when another comes. Linux's rw_semaphore does not lend at all; here, under `linux`, it
does. FreeBSD counts how many locks a thread reads (td_rw_rlocks in sys/kern/kern_rwlock.c), and one that reads any
comes in past writers that wait for a lock that is read: here, under `freebsd`, it waits behind them as under the
others, and a second read behind a writer is found to be a deadlock, which it is not there.
"""

from __future__ import annotations

from splx.kernel.interface.axes import kpreempt_disable, kpreempt_enable, spl_level
from splx.kernel.interface.levels import IPL_SOFTCLOCK, RAISED_SLEEP, UNPREEMPTED_SLEEP
from splx.kernel.interface.locks import Mutex
from splx.kernel.interface.lwp import Lwp, Turnstile, ci, cpu_intr_p
from splx.kernel.interface.rw import READERS, RW_READER, RW_WRITER, RWLock
from splx.kernel.interface.sched import (
    lwp_onproc,
    ts_chain,
    turnstile_block,
    turnstile_exit,
    turnstile_lookup,
    turnstile_wakeup,
)
from splx.lang.kernel import NULL, account, addr, at, inline, invariant, noinline, on_cpu, spin_while
from splx.machine.intrinsics import cas

__account__ = "lock"

RW_HAS_WAITERS = 1
RW_WRITE_WANTED = 2
RW_WRITE_LOCKED = 4
RW_READ_INCR = 1 << READERS
RW_OWNER = RW_READ_INCR - 8  # the writer
RW_HELD = ~7  # the writer, or the number of readers
TS_READER_Q = 0
TS_WRITER_Q = 1


def rw_enter(rw: RWLock, op: int) -> None:
    """Take `rw`. Thread or interrupt thread; holds no spin mutex. May block."""
    assert not cpu_intr_p(), "rwlock in an interrupt that may not sleep"
    assert ci.mtx_count == 0, "rwlock while a spin mutex is held"
    assert UNPREEMPTED_SLEEP != 0 or ci.curlwp.l_nopreempt == 0, "rwlock with preemption disabled"
    assert RAISED_SLEEP != 0 or spl_level() < IPL_SOFTCLOCK, "rwlock at a level that keeps interrupts out"
    assert RW_READER <= op <= RW_WRITER, "rw_enter: RW_READER or RW_WRITER"
    if not rw_take(rw.rw_lock, op):
        rw_vector_enter(rw.rw_lock, op)
    ci.curlwp.l_locks += 1


def rw_exit(rw: RWLock) -> None:
    """Release `rw`. Only if that would leave waiters with a lock that nobody has, it is handed over."""
    m = rw.rw_lock
    ci.curlwp.l_locks -= 1
    while True:
        word = m.word
        left = word - rw_mine(word)
        if left & (RW_HELD | RW_HAS_WAITERS) == RW_HAS_WAITERS:
            rw_vector_exit(m, word & RW_WRITE_LOCKED)
            return
        if cas(m.word, word, left):
            return


def rw_tryenter(rw: RWLock, op: int) -> bool:
    """Take `rw` if it can be had."""
    assert not cpu_intr_p(), "rwlock in an interrupt that may not sleep"
    assert RW_READER <= op <= RW_WRITER, "rw_tryenter: RW_READER or RW_WRITER"
    taken = rw_take(rw.rw_lock, op)
    ci.curlwp.l_locks += int(taken)
    return taken


def rw_downgrade(rw: RWLock) -> None:
    """Write no more. Readers that wait come in, unless there are none; writers go on waiting."""
    m = rw.rw_lock
    assert m.word & RW_OWNER == addr(ci.curlwp), "rw_downgrade: not held to write"
    if cas(m.word, addr(ci.curlwp) | RW_WRITE_LOCKED, RW_READ_INCR):
        return
    ts = turnstile_lookup(m)
    readers = ts.ts_waiters[TS_READER_Q]
    writers = ts.ts_waiters[TS_WRITER_Q]
    m.word = (readers + 1) * RW_READ_INCR | rw_waiting(writers)
    turnstile_wakeup(ts, TS_READER_Q, readers)


def rw_lock_held(rw: RWLock) -> bool:
    """Whether somebody holds it."""
    return rw.rw_lock.word & RW_HELD != 0


def rw_write_held(rw: RWLock) -> bool:
    """Whether the running thread holds it to write."""
    return rw.rw_lock.word & RW_OWNER == addr(ci.curlwp)


@inline
def rw_closed(word: int, op: int) -> bool:
    """Whether `op` has to wait for a lock with that word."""
    if op == RW_READER:
        return word & (RW_WRITE_LOCKED | RW_WRITE_WANTED) != 0
    return word & (RW_HELD | RW_WRITE_LOCKED) != 0


@inline
def rw_mine(word: int) -> int:
    """What my release takes off the word."""
    if word & RW_WRITE_LOCKED != 0:
        assert word & RW_OWNER == addr(ci.curlwp), "rw_exit: another thread holds it to write"
        return addr(ci.curlwp) | RW_WRITE_LOCKED
    assert word & RW_HELD != 0, "rw_exit: nobody holds it"
    return RW_READ_INCR


def rw_waiting(writers: int) -> int:
    """The flags of a lock for which as many writers wait still, and nobody else."""
    return RW_HAS_WAITERS | RW_WRITE_WANTED if writers != 0 else 0


@inline
def rw_take(m: Mutex, op: int) -> bool:
    """Take it unless it is closed. Whoever waits to write sets WRITE_WANTED anew."""
    while True:
        word = m.word
        if rw_closed(word, op):
            return False
        more = RW_READ_INCR if op == RW_READER else addr(ci.curlwp) | RW_WRITE_LOCKED
        if cas(m.word, word, (word + more) & ~RW_WRITE_WANTED):
            return True


@noinline
def rw_vector_enter(m: Mutex, op: int) -> None:
    """Until I have it: spin or block, according to who has it now."""
    kpreempt_disable()
    mine = False
    while not mine:
        word = m.word
        assert word & RW_OWNER != addr(ci.curlwp), "locking against myself"
        if not rw_closed(word, op):
            mine = rw_take(m, op)
        elif rw_oncpu(word):
            rw_spin(m, at(Lwp, word & RW_OWNER))
        else:
            mine = rw_block(m, op)
    kpreempt_enable()


@inline
def rw_oncpu(word: int) -> bool:
    """Whether a writer has it that runs, and nobody waits yet."""
    return word & (RW_WRITE_LOCKED | RW_HAS_WAITERS) == RW_WRITE_LOCKED and lwp_onproc(at(Lwp, word & RW_OWNER))


@account("spin")
def rw_spin(m: Mutex, owner: Lwp) -> None:
    """Watch `m` while `owner` writes, runs, and does not wait for the big lock. Preemption is allowed meanwhile."""
    kpreempt_enable()
    spin_while(
        m.word == addr(owner) | RW_WRITE_LOCKED
        and on_cpu(ci, owner.l_cpu).running is owner
        and on_cpu(ci, owner.l_cpu).biglock_wanted is not owner
    )
    kpreempt_disable()


def rw_block(m: Mutex, op: int) -> bool:
    """Sleep on `m`, unless it has changed. Whether the lock was handed over: a reader that is woken always has it."""
    ts = turnstile_lookup(m)
    word = m.word
    bits = RW_HAS_WAITERS if op == RW_READER else RW_HAS_WAITERS | RW_WRITE_WANTED
    if not rw_closed(word, op) or rw_oncpu(word) or not cas(m.word, word, word | bits):
        turnstile_exit(m)
        return False
    turnstile_block(ts, TS_READER_Q if op == RW_READER else TS_WRITER_Q, m)
    return op == RW_READER or m.word & RW_OWNER == addr(ci.curlwp)


@noinline
def rw_vector_exit(m: Mutex, writing: int) -> None:
    """Hand `m` over, held to write unless `writing` is 0. Its word is still: to wait takes the lock of the chain."""
    ts = turnstile_lookup(m)
    assert ts is not NULL, "a lock with the bit and no waiters"
    readers = ts.ts_waiters[TS_READER_Q]
    writers = ts.ts_waiters[TS_WRITER_Q]
    if writing != 0 and readers != 0:
        m.word = readers * RW_READ_INCR | rw_waiting(writers)
        turnstile_wakeup(ts, TS_READER_Q, readers)
    elif readers != 0:
        first = ts.ts_queue[TS_WRITER_Q].sq_head
        wanted = RW_WRITE_WANTED if writers > 1 else 0
        m.word = addr(first) | RW_WRITE_LOCKED | RW_HAS_WAITERS | wanted
        turnstile_wakeup(ts, TS_WRITER_Q, 1)
    else:
        m.word = RW_WRITE_WANTED
        turnstile_wakeup(ts, TS_WRITER_Q, writers)


def rw_waited(rw: RWLock, ts: Turnstile) -> bool:
    """1, 2, with the chain locked, of whoever sleeps on `ts`."""
    word = rw.rw_lock.word
    coming = word & RW_HAS_WAITERS != 0 and word & (RW_HELD | RW_WRITE_WANTED) != 0
    return coming and (ts.ts_waiters[TS_WRITER_Q] == 0 or word & RW_WRITE_WANTED != 0)


@invariant()
def rw_always(rw: RWLock) -> bool:
    """1, 2, while nobody has the lock of the chain; 3."""
    word = rw.rw_lock.word
    if (word & RW_WRITE_LOCKED != 0) != (word & RW_OWNER != 0) or (word & RW_OWNER != 0 and word >= RW_READ_INCR):
        return False
    tc = ts_chain(rw.rw_lock)
    if tc.tc_lock.word != 0:
        return True
    ts = tc.tc_head
    while ts is not NULL and ts.ts_obj != addr(rw.rw_lock):
        ts = ts.ts_chain
    return ts is NULL or rw_waited(rw, ts)
