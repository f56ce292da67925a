"""Mutex objects of the dispatcher: whoever waits sleeps, first come first served, and is handed the lock.

What
----
A lock of threads is an object that a thread waits for. If it is free the thread owns it at once. If not, it sleeps
behind those that came before, whatever its priority. A release makes the first of them the owner, wherever it is, and
wakes it. Everything about it happens under one lock of the system, the dispatcher's.

Why
---
All that threads can wait for has one form there (events, semaphores, threads that end), and one lock for all of it
makes waiting for several at once possible. Nobody is lent the priority of who waits for it: inversion is not bounded.
Handing over means that nobody is passed by, and that a lock which is wanted is idle from each release until the next
owner has come to run.

The race
--------
The owner that releases need not know where the next one is; the next one wakes as the owner:

    cpu0                                cpu1
    mutex_enter(m)
    m.word := first
    mutex_enter returns
                                        mutex_enter(m)
                                        sleepq_enter
                                        switch_to(idle/1)
    mutex_exit(m)
    m.word := second            -- handed over
    setrunnable(second)
    mutex_exit returns
                                        switch_to(second)
                                        mutex_enter returns

Invariants
----------
1. While a thread waits for a mutex it has an owner.
2. Whoever waits for a mutex is asleep on the dispatcher's queue.
3. Mutexes are waited for by threads, below DISPATCH_LEVEL. A DPC may take one that is free.

Sources
-------
Windows driver documentation: Introduction to Mutex Objects, KeWaitForSingleObject, KeReleaseMutex; Introduction to
Kernel Dispatcher Objects. One dispatcher lock, until Windows 7; that a wait is satisfied in order of arrival, and the
mutex handed over, is from memory.

Left out
--------
Taking a mutex again that one owns: the interface forbids it; so a DPC that tries for one of the thread beneath does not
get it; there it would. Waiting for several objects, with a time limit, with APCs disabled. Fast and guarded mutexes.
The boost that a woken thread's priority gets (from memory): nothing here would let it decay.
"""

from __future__ import annotations

from splx.kernel.interface.axes import spl_level
from splx.kernel.interface.levels import IPL_SCHED, IPL_SOFTCLOCK, PRI_IDLE
from splx.kernel.interface.locks import MUTEX_SLEEP, MUTEX_SPIN, Mutex, mutex_spin_enter, mutex_spin_exit
from splx.kernel.interface.lwp import LSSLEEP, Lwp, ci, cpu_intr_p
from splx.kernel.interface.sched import (
    SleepHash,
    mi_switch,
    sleepq_enter,
    sleepq_first,
    sleepq_insert,
    sleepq_remove,
    sleepq_unlink,
)
from splx.lang.kernel import NULL, addr, inline, invariant, noinline

__account__ = "lock"

dispatcher = SleepHash(sh_lock=Mutex(ipl=IPL_SCHED, kind=MUTEX_SPIN))


@inline
def irql_check() -> None:
    """Every wait begins with this, whether or not it has to wait."""
    assert not cpu_intr_p(), "wait for a mutex in an interrupt or a DPC"
    assert spl_level() < IPL_SOFTCLOCK, "wait for a mutex at DISPATCH_LEVEL or above"
    assert ci.curlwp.l_nopreempt == 0, "wait for a mutex with preemption disabled"


def mutex_sleep_enter(m: Mutex) -> None:
    """KeWaitForSingleObject: own `m`, now or when it is handed over."""
    irql_check()
    l = ci.curlwp
    assert m.word != addr(l), "locking against myself"
    mutex_spin_enter(dispatcher.sh_lock)
    if m.word == 0:
        m.word = addr(l)
        mutex_spin_exit(dispatcher.sh_lock)
    else:
        kmutex_wait(m, l)
    l.l_locks += 1


@noinline
def kmutex_wait(m: Mutex, l: Lwp) -> None:
    """Sleep behind those that came before. The dispatcher's lock is held, and is released by the switch."""
    q = dispatcher.sh_queue
    sleepq_enter(q, l, addr(m), dispatcher.sh_lock)
    sleepq_unlink(q, l)
    sleepq_insert(q, l, PRI_IDLE)
    mi_switch()


def mutex_sleep_exit(m: Mutex) -> None:
    """KeReleaseMutex: hand `m` to the first who waits for it."""
    l = ci.curlwp
    assert m.word == addr(l), "exiting unheld mutex"
    l.l_locks -= 1
    mutex_spin_enter(dispatcher.sh_lock)
    first = sleepq_first(dispatcher.sh_queue, addr(m))
    if first is NULL:
        m.word = 0
    else:
        m.word = addr(first)
        sleepq_remove(dispatcher.sh_queue, first)
    mutex_spin_exit(dispatcher.sh_lock)


def mutex_sleep_tryenter(m: Mutex) -> bool:
    """KeWaitForSingleObject with a time limit of zero. A DPC may, too: in the name of the thread beneath."""
    assert spl_level() <= IPL_SOFTCLOCK, "wait for a mutex above DISPATCH_LEVEL"
    l = ci.curlwp
    mutex_spin_enter(dispatcher.sh_lock)
    free = m.word == 0
    if free:
        m.word = addr(l)
        l.l_locks += 1
    mutex_spin_exit(dispatcher.sh_lock)
    return free


def sleepq_ordered(l: Lwp, after: Lwp) -> bool:
    """Whatever they are: first come, first served, here and in eresource."""
    return True


@invariant()
def kmutex_always(m: Mutex) -> bool:
    """1, 2, while nobody has the dispatcher's lock."""
    if m.kind != MUTEX_SLEEP or dispatcher.sh_lock.word != 0:
        return True
    first = sleepq_first(dispatcher.sh_queue, addr(m))
    return first is NULL or (m.word != 0 and m.word != addr(first) and first.l_stat == LSSLEEP)
