"""mi_switch(9): from one thread to the next, and what a CPU does without one.

What
----
`mi_switch` is entered with one spin mutex held, that of the queue the thread is on: the CPU's if it only gives way,
a sleep queue's or a chain's if it sleeps. It chooses, keeps that one lock until the very last moment, and changes
context at IPL_SCHED. An interrupt thread that blocks on top of another thread is not followed by the best but by
that one: it was never switched away from, only pinned.

Why
---
The lock of the queue must be held until nobody who takes the thread off the queue can be too early. It cannot be
held across the switch either, as it could if there were one lock for all: the next thread would have to know which
one to release.

The race
--------
A thread that sleeps lets go of its lock before it has left its CPU. Whoever wakes it then may hand it to a CPU that
would switch to it before its own registers are saved:

    cpu0                                cpu1
    sleepq_enter
    l.l_ctxswtch := 1
    sh_lock.word := 0           -- lwp_unlock
                                        setrunnable(l)              -- on the queue of cpu1
                                        mi_switch
                                        spins on l.l_ctxswtch
    switch_to(next)
    switch_finish
    l.l_ctxswtch := 0
                                        switch_to(l)

Two CPUs do not wait for one another's thread: each chose its next before it marked its own as leaving, and what was
marked was running until then, so no circle of choices is possible.

The lock count is lowered by one before that last unlock, and raised on the far side, so that the unlock does not
lower the level: between them the CPU has two half threads and no lock. An interrupt that woke somebody there, or a
preemption, would find neither.

The idle loop tests the run queue with interrupts off. A thread that arrives after the test brings a poke, and
`halt` turns interrupts on and waits as one action.

Invariants
----------
1. A switch happens with mtx_count == -1: no spin mutex but that of the thread.
2. l_ctxswtch is 1 only between the unlock and `switch_finish`; nobody switches to a thread while it is.
3. The thread that runs is `ci.curlwp`, and every CPU sees so in `running` before it runs.

Sources
-------
NetBSD sys/kern/kern_synch.c (mi_switch, nextlwp, yield), kern_idle.c, kern_softint.c (softint_block), about 2013;
sys/arch/amd64/amd64/locore.S (cpu_switchto).

Left out
--------
Address spaces, accounting, the slow scheme of softints. NetBSD puts an interrupt thread that was woken before it
could block on the run queue all the same; here it goes on in place, since nobody waits any more. The lock of the
run queue, which NetBSD takes for nothing when an interrupt thread goes back to its victim.
"""

from __future__ import annotations

from splx.kernel.interface.axes import spl_irq_restore, spl_level
from splx.kernel.interface.levels import (
    IPL_FLAG,
    IPL_SCHED,
    IPL_SOFTCLOCK,
    MARK_RUN,
    NO_FLAG,
    RAISED_SLEEP,
    UNPREEMPTED_SLEEP,
    WQ_POOLS,
)
from splx.kernel.interface.locks import kernel_relock, kernel_unlock_all, mutex_spin_enter, mutex_spin_exit
from splx.kernel.interface.lwp import (
    LSIDL,
    LSONPROC,
    LSRUN,
    LSSLEEP,
    LW_IDLE,
    LW_NOSLEEP,
    Lwp,
    ci,
    cpu_intr_p,
    set_curlwp,
)
from splx.kernel.interface.sched import (
    RunQueue,
    lwp_eprio,
    lwp_lock,
    lwp_unlock,
    sched,
    sched_best,
    sched_boot,
    sched_dequeue,
    sched_enqueue,
)
from splx.kernel.interface.sync import section_check
from splx.kernel.interface.wq import LW_KWORKER
from splx.lang.kernel import NULL, account, entry, inline, invariant, on_cpu, spin_while
from splx.machine.intrinsics import (
    cpu_number,
    detach,
    fetch_add_local,
    halt,
    intr_disable,
    intr_enable,
    mark,
    self_context,
    switch_exit,
    switch_to,
)

__account__ = "switch"


def mi_switch() -> None:
    """Give the CPU away; back here when this thread is chosen again. Its lock is held on entry, and no other.

    A thread that was woken in time, or is still the best, just goes on.
    """
    l = ci.curlwp
    assert not cpu_intr_p(), "switch in an interrupt that may not sleep"
    assert ci.mtx_count == -1, "blocked while holding a spin mutex"
    assert ci.simple_locks == 0, "blocked while holding a simple lock"
    assert l.l_blcnt == 0, "switch while holding kernel_lock"
    oldspl = ci.mtx_oldspl
    told = WQ_POOLS != 0 and sched_submit_work(l)
    if l.l_switchto is NULL:
        newl = sched_next(l)
        if newl is l:
            lwp_unlock(l)
            return
        sched_let_go(l)
        cpu_switchto(l, newl)
    else:
        if l.l_stat == LSONPROC:
            lwp_unlock(l)
            return
        sched_let_go(l)
        cpu_unpin(l)
    switch_finish()
    if WQ_POOLS != 0 and told:
        wq_worker_running()
    spl_irq_restore(oldspl)


def sched_submit_work(l: Lwp) -> bool:
    """A worker that is in the middle of a function goes to sleep: tell its pool; whether that is so."""
    if l.l_stat != LSSLEEP or l.l_flag & LW_KWORKER == 0:
        return False
    wq_worker_sleeping(l)
    return True


def wq_worker_sleeping(l: Lwp) -> None:
    """Nobody is to be told."""


def wq_worker_running() -> None:
    """Nor then."""


def sched_next(l: Lwp) -> Lwp:
    """Choose who runs after `l`. Of the two locks then held, that of the queue and that of `l`, the latter is kept."""
    rq = sched.cpu[cpu_number()]
    mutex_spin_enter(rq.rq_lock)
    if l.l_stat == LSONPROC:
        sched_giveway(rq, l)
    newl = sched_choose(rq)
    l.l_dopreempt = 0
    if l.l_mutex is rq.rq_lock:
        mutex_spin_exit(rq.rq_lwplock)
    else:
        mutex_spin_exit(rq.rq_lock)
    return newl


@inline
def sched_giveway(rq: RunQueue, l: Lwp) -> None:
    """`l` stays runnable: before its equals if it was preempted, behind them if it yields."""
    if l.l_flag & LW_IDLE != 0:
        l.l_stat = LSIDL
    else:
        l.l_stat = LSRUN
        l.l_mutex = rq.rq_lock
        sched_enqueue(rq, l, lwp_eprio(l) + 1 - l.l_yielded)
        l.l_yielded = 0


@inline
def sched_choose(rq: RunQueue) -> Lwp:
    """nextlwp: take the best off the queue, or the idle thread, and make it this CPU's. `rq_lock` is held."""
    newl = sched_best(rq)
    if newl is NULL:
        newl = ci.idlelwp
        sched_onproc(newl)
    else:
        sched_dequeue(rq, newl)
        sched_onproc(newl)
        newl.l_mutex = rq.rq_lwplock  # last: another lock guards it from now on, which this CPU does not have
    ci.want_resched = 0
    ci.want_kpreempt = 0
    return newl


@inline
def sched_onproc(newl: Lwp) -> None:
    """`newl` is this CPU's."""
    newl.l_stat = LSONPROC
    newl.l_switched = 0
    ci.onproc = newl
    ci.curpriority = lwp_eprio(newl)


@inline
def sched_let_go(l: Lwp) -> None:
    """Release the lock of `l`, which is about to leave. The count keeps the level up until the far side."""
    l.l_ctxswtch = 1
    l.l_switched = 1
    l.l_ncsw += 1
    fetch_add_local(ci.mtx_count, -1)
    lwp_unlock(l)


@inline
def cpu_switchto(l: Lwp, newl: Lwp) -> None:
    """From `l` to `newl`, once whatever CPU it ran on has let go of it."""
    spin_while(newl.l_ctxswtch != 0)
    mark(MARK_RUN, newl.l_id, 0)
    l.l_ctx = self_context()
    ci.prevlwp = l
    set_curlwp(newl)
    switch_to(newl.l_ctx)


@inline
def cpu_unpin(l: Lwp) -> None:
    """From the interrupt thread `l` back to its victim, where the frame that started `l` goes on."""
    victim = l.l_switchto
    l.l_switchto = NULL
    l.l_ctx = self_context()
    ci.prevlwp = l
    beneath = detach()
    set_curlwp(victim)
    switch_to(beneath)


def switch_finish() -> None:
    """The far side: the count is right again, and the thread that left may run elsewhere. At IPL_SCHED, and left so."""
    left = ci.prevlwp
    fetch_add_local(ci.mtx_count, 1)
    ci.prevlwp = NULL
    left.l_ctxswtch = 0


@inline
def switch_left(l: Lwp) -> bool:
    """This CPU knows by itself. Not by `l_stat`: whoever wakes `l` writes that, on another CPU."""
    return ci.prevlwp is not NULL


def switch_away() -> None:
    """Give the CPU away and never come back. Interrupts may be off here, and must be on for whoever is next."""
    l = ci.curlwp
    assert ci.mtx_count == 0, "ended while holding a spin mutex"
    assert l.l_switchto is NULL, "ended on top of another thread"
    rq = sched.cpu[cpu_number()]
    mutex_spin_enter(rq.rq_lock)
    if IPL_FLAG == NO_FLAG:
        intr_enable()
    newl = sched_choose(rq)
    l.l_dopreempt = 0
    l.l_ctxswtch = 1
    fetch_add_local(ci.mtx_count, -1)
    mutex_spin_exit(rq.rq_lock)
    spin_while(newl.l_ctxswtch != 0)
    mark(MARK_RUN, newl.l_id, 0)
    ci.prevlwp = l
    set_curlwp(newl)
    switch_exit(newl.l_ctx)


def preempt_switch() -> None:
    """Let better threads run first. At IPL_SCHED, and left so."""
    l = ci.curlwp
    lwp_lock(l)
    mi_switch()


def yield_() -> None:
    """Let equals run first, too."""
    l = ci.curlwp
    assert l.l_flag & LW_NOSLEEP == 0, "yield in a softint or interrupt thread"
    assert UNPREEMPTED_SLEEP != 0 or l.l_nopreempt == 0, "yield with preemption disabled"
    assert RAISED_SLEEP != 0 or spl_level() < IPL_SOFTCLOCK, "yield at a level that keeps interrupts out"
    section_check()
    holds = kernel_unlock_all()
    lwp_lock(l)
    l.l_yielded = 1
    mi_switch()
    kernel_relock(holds)


@entry
@account("idle")
def idle_loop(l: Lwp) -> None:
    """What a CPU does when it has nothing to do. It starts here."""
    rq = sched.cpu[cpu_number()]
    intr_enable()
    sched_boot(rq)
    while True:
        intr_disable()
        if rq.rq_bitmap == 0:
            halt()
        else:
            intr_enable()
            lwp_lock(l)
            mi_switch()


@invariant(admitting=True)
def switch_always() -> bool:
    """Other CPUs see who runs here, but for whoever is at it: with interrupts off, or at IPL_SCHED."""
    return spl_level() >= IPL_SCHED or on_cpu(ci, cpu_number()).running is ci.curlwp
