"""sleepq(9): queues of sleeping threads, best priority first.

What
----
A list of threads, guarded by a spin mutex of IPL_SCHED, on which a thread puts itself before it gives the CPU away,
and from which its waker takes it. Run queues are rows of the same lists. Going to sleep is three steps under the
lock of the queue: the thread's own lock becomes that lock, it goes on the list, and the switch, at its very end,
releases the lock.

Why
---
A waker must find the thread either not yet decided to sleep, or on the list. One lock from decision to switch makes
it so, and a thread that is taken off the list before it has left its CPU is only told so (`setrunnable`), since no
other CPU could run it.

The race
--------
The lost wakeup, if the list were filled after the lock of the condition had been dropped:

    with the list filled late:
    cpu0: sleeper                       cpu1: waker
    reads box.ready: 0
    m.word := 0                 -- interlock_exit
                                        cas m.word := waker
                                        box.ready := 1
                                        cv_signal(cv)
                                        reads cv.cv_waiters: 0      -- nobody is on the list
                                        mutex_exit returns
    sleepq_enter
    switch_to(idle/0)
    waits for ever

Invariants
----------
1. A thread on a sleep queue is LSSLEEP and its l_mutex is the lock of the queue.
2. A queue is in falling order of priority, those of equal priority in order of arrival. (Those of locks for which one
   waits in turn are in order of arrival: see kmutex, eresource.)
3. No interrupt thread is ever asleep but on a turnstile (see condvar: asserted, not impossible).

Sources
-------
NetBSD sys/kern/kern_sleepq.c (sleepq_enter, sleepq_enqueue, sleepq_remove, sleepq_insert), about 2013, and
assert_sleepable in sys/kern/kern_lock.c @c872f0d9.

Left out
--------
Signals, and stopping: sleeps here end by a wakeup, or by the time (`timeout`). The original's order among sleepers of
equal priority is the same.
"""

from __future__ import annotations

from splx.kernel.interface.axes import spl_level
from splx.kernel.interface.levels import INTR_SLEEP, IPL_SOFTCLOCK, LOCKED_SLEEP, RAISED_SLEEP, UNPREEMPTED_SLEEP
from splx.kernel.interface.locks import Mutex, kernel_locked_p, mutex_spin_exit
from splx.kernel.interface.lwp import (
    LSONPROC,
    LSSLEEP,
    LW_IDLE,
    LW_NOSLEEP,
    SOBJ_SCHED,
    Lwp,
    Sleepq,
    ci,
    cpu_intr_p,
)
from splx.kernel.interface.sched import SleepHash, lwp_eprio, lwp_lock, setrunnable
from splx.kernel.interface.sync import might_resched
from splx.lang.kernel import NULL, inline, invariant

__account__ = "sched"


@inline
def sleepq_insert(q: Sleepq, l: Lwp, floor: int) -> None:
    """Put `l` before the first thread of `q` that is worse than `floor`."""
    before = q.sq_head
    if before is not NULL and lwp_eprio(before) >= floor:
        while before.l_next is not NULL and lwp_eprio(before.l_next) >= floor:
            before = before.l_next
        l.l_next = before.l_next
        before.l_next = l
    else:
        l.l_next = before
        q.sq_head = l


def sleepq_unlink(q: Sleepq, l: Lwp) -> None:
    """Take `l` off `q`."""
    before = q.sq_head
    if before is not l:
        while before.l_next is not l:
            before = before.l_next
        before.l_next = l.l_next
    else:
        q.sq_head = l.l_next
    l.l_next = NULL


def sleepq_first(q: Sleepq, wchan: int) -> Lwp:
    """The best thread on `q` that sleeps on `wchan`; NULL if none does."""
    l = q.sq_head
    while l is not NULL and l.l_wchan != wchan:
        l = l.l_next
    return l


def sleepq_enter(q: Sleepq, l: Lwp, wchan: int, lock: Mutex) -> None:
    """Put the running thread on `q` under `lock`, which is held and now guards the thread as well.

    From here to the switch the thread is asleep and runs. A user-band thread counts as in the kernel band from now on,
    until it returns to user mode.
    """
    assert l.l_stat == LSONPROC, "a thread that does not run goes to sleep"
    own = l.l_mutex
    if own is not lock:
        lwp_lock(l)
        own = l.l_mutex
        l.l_mutex = lock
        mutex_spin_exit(own)
    l.l_kpriority = 1
    l.l_stat = LSSLEEP
    l.l_wchan = wchan
    l.l_syncobj = SOBJ_SCHED
    l.l_sleepq = q
    sleepq_insert(q, l, lwp_eprio(l))


def sleepq_remove(q: Sleepq, l: Lwp) -> None:
    """Wake `l`, which sleeps on `q`. The lock of `q` is held, and guards `l` no more afterwards."""
    sleepq_unlink(q, l)
    l.l_wchan = 0
    l.l_syncobj = SOBJ_SCHED
    l.l_sleepq = NULL
    setrunnable(l)


def assert_sleepable() -> None:
    """Stop if the caller may not sleep. On every call, whether or not a sleep would follow."""
    assert not cpu_intr_p(), "assert_sleepable: in an interrupt that may not sleep"
    flags = ci.curlwp.l_flag
    assert INTR_SLEEP != 0 or flags & LW_NOSLEEP == 0, "assert_sleepable: in a softint or interrupt thread"
    assert flags & LW_IDLE == 0, "assert_sleepable: in the idle thread"
    assert ci.mtx_count == 0, "assert_sleepable: spin mutex held"
    assert ci.simple_locks == 0, "assert_sleepable: simple lock held"
    assert UNPREEMPTED_SLEEP != 0 or ci.curlwp.l_nopreempt == 0, "assert_sleepable: preemption disabled"
    assert RAISED_SLEEP != 0 or spl_level() < IPL_SOFTCLOCK, "assert_sleepable: at a level that keeps interrupts out"
    assert LOCKED_SLEEP != 0 or ci.curlwp.l_locks <= int(kernel_locked_p()), "assert_sleepable: mutex held"
    section_check()
    might_resched()


@inline
def section_check() -> None:
    """There are none."""


def sleepq_ordered(l: Lwp, after: Lwp) -> bool:
    """2: whether `after` may come next to `l`."""
    return lwp_eprio(after) <= lwp_eprio(l)


def sleepq_invariant(q: Sleepq) -> bool:
    """1, 2, with the lock of `q` held. Not for run queues."""
    l = q.sq_head
    while l is not NULL:
        if l.l_stat != LSSLEEP or l.l_sleepq is not q:
            return False
        if l.l_next is not NULL and not sleepq_ordered(l, l.l_next):
            return False
        l = l.l_next
    return True


@invariant()
def sleepq_always(sh: SleepHash) -> bool:
    """1, 2, of the threads that sleep without a queue of their own, while nobody has the lock.

    Not of those that wait for a lock of the textbooks, in an order that is the lock's.
    """
    l: Lwp = sh.sh_queue.sq_head
    return sh.sh_lock.word != 0 or l is NULL or l.l_syncobj != SOBJ_SCHED or sleepq_invariant(sh.sh_queue)
