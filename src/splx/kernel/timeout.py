"""cv_timedwait(9), kpause(9): sleeps that end by themselves.

What
----
Every thread that may sleep for a time has a callout. Before it gives the CPU away, with the lock of its sleep queue
held, it schedules that; if the time is over first, the callout takes it off the queue, as a waker would. Whoever comes
back has the callout halted before it does anything else.

Why
---
A card that never interrupts must not keep its driver for ever. And a thread that has nothing to wait for but time needs
no lock and no condition: `kpause`.

The race
--------
The signal and the end of the time come at once. Both want the lock of the sleep queue, and who comes second finds that
the thread is not on it any more:

    cpu0: waiter                        cpu1: waker
    cv_timedwait(cv, m, 1)
    switch_to(idle/0)
                                        box.ready := 1
                                        cv_signal(cv)
    interrupt clock
    softint_schedule(softclock)
    callout_softclock
    sleepq_timeout(waiter.timeout)
                                        cas sh_lock.word := 2
    spins on sh_lock.word
                                        setrunnable(waiter)
                                        sh_lock.word := 0
    reads waiter.l_wchan: 0     -- somebody was quicker
    sleepq_timeout returns
                                        m.word := 0
    callout_halt returns        -- the waiter
    cv_timedwait returns 0

And the thread must not go on while its callout is on the way: it would find the thread in its next sleep, and end that.

Invariants
----------
1. While a thread does not sleep for a time its callout neither is pending nor runs.
2. `cv_timedwait` returns EWOULDBLOCK if and only if it was the callout that woke it: no signal is lost with it.

Sources
-------
NetBSD sys/kern/kern_sleepq.c (sleepq_block, sleepq_timeout), kern_condvar.c (cv_timedwait), kern_synch.c (kpause),
about 2009. There the result is whether the callout has run, so that a thread which was signalled just before is told
that it was late; here it is who woke it.

Left out
--------
Signals. Times of 0, which there mean for ever.
"""

from __future__ import annotations

from splx.kernel.interface.callout import (
    EWOULDBLOCK,
    SleepTimeout,
    callout_halt,
    callout_schedule,
    timeout_of,
)
from splx.kernel.interface.levels import INTR_SLEEP, IPL_SOFTCLOCK, LOCKED_SLEEP, RAISED_SLEEP, UNPREEMPTED_SLEEP
from splx.kernel.interface.locks import (
    Mutex,
    interlock_exit,
    kernel_locked_p,
    kernel_relock,
    kernel_unlock_all,
    mutex_enter,
    mutex_owned,
    mutex_spin_enter,
    mutex_spin_exit,
)
from splx.kernel.interface.lwp import LW_IDLE, LW_NOSLEEP, Sleepq, ci, cpu_intr_p
from splx.kernel.interface.sched import lwp_lock, mi_switch, sleep_hash, sleepq_enter, sleepq_remove
from splx.kernel.interface.sync import KCondvar, assert_sleepable, section_check
from splx.lang.kernel import NULL, addr, at, inline, invariant

__account__ = "sched"


def cv_timedwait(cv: KCondvar, m: Mutex, ticks: int) -> int:
    """Release `m`, sleep until woken or late, take `m` again."""
    l = ci.curlwp
    assert not cpu_intr_p(), "cv_timedwait in an interrupt that may not sleep"
    assert INTR_SLEEP == 2 or l.l_flag & (LW_NOSLEEP | LW_IDLE) == 0, "cv_timedwait in a softint or interrupt thread"
    assert UNPREEMPTED_SLEEP != 0 or l.l_nopreempt == 0, "cv_timedwait with preemption disabled"
    assert mutex_owned(m), "cv_timedwait without its interlock"
    st = timeout_of(l)
    lock = sleep_hash(addr(cv)).sh_lock
    mutex_spin_enter(lock)
    cv.cv_waiters += 1
    timeout_enter(st, cv.cv_queue, addr(cv), lock, ticks)
    interlock_exit(m)
    assert LOCKED_SLEEP != 0 or l.l_locks <= int(kernel_locked_p()), "cv_timedwait with a mutex held"
    assert RAISED_SLEEP != 0 or ci.mtx_oldspl < IPL_SOFTCLOCK, "cv_timedwait at a level that keeps interrupts out"
    section_check()
    timeout_block(st)
    mutex_enter(m)
    if st.st_late == 0:
        return 0
    st.st_late = 0
    mutex_spin_enter(lock)
    cv.cv_waiters -= 1  # who signals looks at it with the interlock held, which a callout has not
    mutex_spin_exit(lock)
    return EWOULDBLOCK


def kpause(ticks: int) -> None:
    """Sleep on one's own, where nobody wakes."""
    assert ci.mtx_count == 0, "blocked while holding a spin mutex"  # assert_sleepable would speak of memory
    assert ci.simple_locks == 0, "blocked while holding a simple lock"
    assert_sleepable()
    timeout_sleep(timeout_of(ci.curlwp), ticks)


@inline
def timeout_sleep(st: SleepTimeout, ticks: int) -> None:
    """On a queue where nobody wakes."""
    sh = sleep_hash(addr(st))
    mutex_spin_enter(sh.sh_lock)
    timeout_enter(st, sh.sh_queue, addr(st), sh.sh_lock, ticks)
    timeout_block(st)


@inline
def timeout_enter(st: SleepTimeout, q: Sleepq, wchan: int, lock: Mutex, ticks: int) -> None:
    """On the queue, whose lock is held, and the callout after it: it will find the thread there."""
    st.st_wchan = wchan
    st.st_late = 0
    sleepq_enter(q, ci.curlwp, wchan, lock)
    callout_schedule(st.st_callout, ticks)


@inline
def timeout_block(st: SleepTimeout) -> None:
    """sleepq_block: switch, and whatever ended the sleep, have the callout neither pending nor running."""
    holds = kernel_unlock_all()
    mi_switch()
    kernel_relock(holds)
    callout_halt(st.st_callout, NULL)


def sleepq_timeout(where: int) -> None:
    """The time is over: wake the thread, unless somebody was quicker."""
    st = at(SleepTimeout, where)
    l = st.st_lwp
    lwp_lock(l)
    lock = l.l_mutex
    if l.l_wchan == st.st_wchan:
        st.st_late = 1
        sleepq_remove(l.l_sleepq, l)  # afterwards another lock guards it
    mutex_spin_exit(lock)


@invariant()
def timeout_always(st: SleepTimeout) -> bool:
    """Who was late does not sleep any more for what it was late for, while nobody has its lock."""
    if st.st_lwp is NULL or st.st_lwp.l_mutex.word != 0:
        return True
    return st.st_late == 0 or st.st_lwp.l_wchan != st.st_wchan
