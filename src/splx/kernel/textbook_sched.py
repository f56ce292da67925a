"""The scheduler of the textbooks: fixed priorities, preemption at once, one lock for everything.

What
----
The best ready threads run, and nothing else is true. With a run queue per CPU, scheduling is partitioned: each CPU
runs the best of its own threads. With one run queue for all CPUs it is global: of all ready threads the best run,
as many as there are CPUs. A thread that is preempted goes before its equals, one that is woken behind them.

One lock guards the queues, every thread and every textbook lock. It is held *across* the switch: the thread that
leaves takes it, the one that comes lets it go.

Why
---
Published response times assume this scheduler, and a machine on which it costs nothing. On the machine `ideal` they
must come out to the nanosecond. And it is the shortest scheduler that is right, to be read before `sched` and
`switch`.

The race
--------
With the lock held across the switch a thread cannot be seen between two CPUs:

    cpu0: waiter                        cpu1: waker
                                        waker
    mi_switch                   -- asleep
                                        mutex_enter(m)
                                        spins on rq_lock.word
    switch_to(idle/0)
    rq_lock.word := 0           -- switch_finish
                                        cv_signal(cv)
                                        setrunnable(waiter)         -- its context is at rest

Under global scheduling two threads that are woken at one moment must preempt two CPUs. Whoever wakes the first
books the worst CPU for it: `curpriority` is raised at once. Then for every CPU either curpriority is what runs, or
a request is on its way, and no waiting thread is better than any curpriority. A CPU that comes to look takes the
best there is and puts its own right, so when no request is left, the best run.

Invariants
----------
1. Whoever switches, wakes, or changes a priority holds the one lock; mtx_count is then -1.
2. When no request is on its way, no thread on a run queue is better than one that runs on a CPU of that queue.
3. Every thread has the one lock as its l_mutex, always.

Sources
-------
Liu, Layland, "Scheduling Algorithms for Multiprogramming in a Hard-Real-Time Environment", JACM 20(1), 1973; Klein
et al., "A Practitioner's Handbook for Real-Time Analysis", 1993. The lock across the switch: xv6 (sched, scheduler
in proc.c), FreeBSD.

Left out
--------
Interrupt threads for hardware lines. Ticks, time slices. Threads bound to a CPU of a shared queue.
"""

from __future__ import annotations

from splx.kernel.interface.axes import let_in, resched, splx
from splx.kernel.interface.levels import ANY_START, KPREEMPT_PRI, MARK_RUN, MARK_WAKE, NCPU, RQ_SHIFT, SHARED_QUEUES
from splx.kernel.interface.locks import mutex_spin_enter, mutex_spin_exit, mutex_spin_let_go, mutex_spin_tryenter
from splx.kernel.interface.lwp import (
    LSIDL,
    LSONPROC,
    LSRUN,
    LSSLEEP,
    LW_BOUND,
    LW_IDLE,
    LW_NOSLEEP,
    Lwp,
    ci,
    cpu_intr_p,
    set_curlwp,
)
from splx.kernel.interface.sched import RunQueue, boot_any, sched, sleepq_insert, sleepq_unlink
from splx.lang.kernel import NULL, account, entry, inline, invariant, on_cpu
from splx.lang.wide import bit, fls
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

__account__ = "sched"

# ---- priorities and run queues


@inline
def lwp_eprio(l: Lwp) -> int:
    """Its own priority, or what a lock lends it."""
    return max(l.l_prio, l.l_inherited)


def lwp_onproc(l: Lwp) -> bool:
    """Whether `l` runs."""
    return on_cpu(ci, l.l_cpu).running is l


@inline
def sched_enqueue(rq: RunQueue, l: Lwp, floor: int) -> None:
    """Put `l` on `rq`, before the first that is worse than `floor`."""
    textbook_enqueue(rq, l, lwp_eprio(l), floor)


@inline
def textbook_enqueue(rq: RunQueue, l: Lwp, prio: int, floor: int) -> None:
    """The same, where the priority of `l` is known to be `prio`."""
    row = prio >> RQ_SHIFT
    sleepq_insert(rq.rq_queue[row], l, floor)
    rq.rq_bitmap |= bit(row)


@inline
def sched_dequeue(rq: RunQueue, l: Lwp) -> None:
    """Take `l` off `rq`."""
    row = lwp_eprio(l) >> RQ_SHIFT
    q = rq.rq_queue[row]
    sleepq_unlink(q, l)
    if q.sq_head is NULL:
        rq.rq_bitmap &= ~bit(row)


@inline
def textbook_take(rq: RunQueue, rows: int) -> Lwp:
    """Take the first of the best off `rq`, whose lists `rows` are not empty."""
    row = fls(rows)
    q = rq.rq_queue[row]
    best = q.sq_head
    after = best.l_next
    q.sq_head = after
    best.l_next = NULL
    if after is NULL:
        rq.rq_bitmap = rows ^ bit(row)
    return best


@inline
def sched_best(rq: RunQueue) -> Lwp:
    """The first of the best, or NULL."""
    row = fls(rq.rq_bitmap)
    best: Lwp = NULL
    if row >= 0:
        best = rq.rq_queue[row].sq_head
    return best


def sched_better(l: Lwp) -> bool:
    """Whether somebody on the run queue of this CPU is better than `l`."""
    rq = sched.cpu[cpu_number()]
    mutex_spin_enter(rq.rq_lock)
    best = sched_best(rq)
    better = best is not NULL and lwp_eprio(best) > lwp_eprio(l)
    mutex_spin_exit(rq.rq_lock)
    return better


# ---- the lock of a thread, which is the one lock for good


@inline
def lwp_lock(l: Lwp) -> None:
    """Take it. There is no need to look again."""
    mutex_spin_enter(l.l_mutex)


@inline
def lwp_trylock(l: Lwp) -> bool:
    """Take it if it is free."""
    return mutex_spin_tryenter(l.l_mutex)


@inline
def lwp_unlock(l: Lwp) -> None:
    """Let it go."""
    mutex_spin_exit(l.l_mutex)


# ---- waking


def setrunnable(l: Lwp) -> None:
    """Put `l` on its run queue, behind its equals, and have the worst CPU of that queue look, if `l` is better."""
    mark(MARK_WAKE, l.l_id, 0)
    cpu = l.l_cpu
    rq = sched.cpu[cpu]
    l.l_stat = LSRUN
    prio = lwp_eprio(l)
    textbook_enqueue(rq, l, prio, prio)
    textbook_request(rq, cpu, l, prio)


@inline
def textbook_request(rq: RunQueue, own: int, l: Lwp, prio: int) -> None:
    """Book the worst CPU of `rq`, of equal ones `own`, for `l`, which is on it at `prio`; unless all have better."""
    worst = own
    least = on_cpu(ci, worst).curpriority
    if SHARED_QUEUES != 0:
        for cpu in range(NCPU):
            if sched.cpu[cpu] is rq and on_cpu(ci, cpu).curpriority < least:
                worst = cpu
                least = on_cpu(ci, cpu).curpriority
    if prio > least:
        on_cpu(ci, worst).curpriority = prio
        resched(l, worst)


def sched_changepri(l: Lwp, inherited: int) -> None:
    """Set what is lent to `l`. Sleepers keep their place: whoever wakes the best of them looks at all."""
    rq = sched.cpu[l.l_cpu]
    if l.l_stat == LSRUN:
        sched_dequeue(rq, l)
        l.l_inherited = inherited
        prio = lwp_eprio(l)
        textbook_enqueue(rq, l, prio, prio)
        textbook_request(rq, l.l_cpu, l, prio)
        return
    l.l_inherited = inherited
    if l.l_stat == LSONPROC and l.l_switchto is NULL:
        on_cpu(ci, l.l_cpu).curpriority = lwp_eprio(l)
        best = sched_best(rq)
        if best is not NULL:
            textbook_request(rq, best.l_cpu, best, lwp_eprio(best))


@inline
def sched_userret(l: Lwp) -> None:
    """Nothing: there are no bands."""


# ---- switching


@account("switch")
def mi_switch() -> None:
    """Give the CPU to the best; back here when this thread is the best again. The one lock is held on entry."""
    l = ci.curlwp
    assert not cpu_intr_p(), "switch in a hard interrupt"
    assert ci.mtx_count == -1, "blocked while holding a spin mutex"
    oldspl = ci.mtx_oldspl
    l.l_ctx = self_context()
    if l.l_switchto is not NULL:
        textbook_unpin(l)
    else:
        newl = textbook_choose(l)
        if newl is not l:
            set_curlwp(newl)
            switch_to(newl.l_ctx)
    textbook_let_go(l)
    splx(oldspl)


@inline
def textbook_unpin(l: Lwp) -> None:
    """From the soft interrupt thread `l` back to its victim, where the frame that started `l` goes on."""
    victim = l.l_switchto
    l.l_switchto = NULL
    beneath = detach()
    set_curlwp(victim)
    switch_to(beneath)


@inline
def textbook_choose(l: Lwp) -> Lwp:
    """The best of this CPU's queue and of `l`, if `l` has not gone to sleep; else the idle thread."""
    cpu = cpu_number()
    rq = sched.cpu[cpu]
    if l.l_stat == LSONPROC:
        textbook_giveway(rq, l)
    rows = rq.rq_bitmap
    if rows == 0:
        newl = ci.idlelwp
    else:
        newl = textbook_take(rq, rows)
        if SHARED_QUEUES != 0:
            assert newl.l_flag & LW_BOUND == 0 or newl.l_cpu == cpu, "bound thread on a queue of several CPUs"
            newl.l_cpu = cpu
    newl.l_stat = LSONPROC
    l.l_dopreempt = 0
    ci.onproc = newl
    ci.curpriority = lwp_eprio(newl)
    ci.want_resched = 0
    if KPREEMPT_PRI != 0:
        ci.want_kpreempt = 0
    mark(MARK_RUN, newl.l_id, 0)
    return newl


@inline
def textbook_giveway(rq: RunQueue, l: Lwp) -> None:
    """`l` stays ready: before its equals if it was preempted, behind them if it yields."""
    if l.l_flag & LW_IDLE != 0:
        l.l_stat = LSIDL
    else:
        l.l_stat = LSRUN
        prio = lwp_eprio(l)
        textbook_enqueue(rq, l, prio, prio + 1 - l.l_yielded)
        l.l_yielded = 0


@inline
def switch_finish() -> None:
    """The far side: let go of the one lock. Leaves the level alone."""
    textbook_let_go(ci.curlwp)


@inline
def textbook_let_go(l: Lwp) -> None:
    """The same, where it is known that `l` runs here now: the lock of every thread is the one lock."""
    mutex_spin_let_go(l.l_mutex)
    fetch_add_local(ci.mtx_count, 1)


@account("switch")
def switch_away() -> None:
    """Give the CPU up for good."""
    l = ci.curlwp
    assert ci.mtx_count == 0, "ended while holding a spin mutex"
    mutex_spin_enter(l.l_mutex)
    let_in()
    newl = textbook_choose(l)
    set_curlwp(newl)
    switch_exit(newl.l_ctx)


@inline
def preempt_switch() -> None:
    """Let better threads run first. At IPL_SCHED, and left so."""
    mutex_spin_enter(ci.curlwp.l_mutex)
    mi_switch()


def yield_() -> None:
    """Let equals run first, too."""
    l = ci.curlwp
    assert l.l_flag & LW_NOSLEEP == 0, "yield in a softint or interrupt thread"
    mutex_spin_enter(l.l_mutex)
    l.l_yielded = 1
    mi_switch()


# ---- starting a CPU


def sched_boot(rq: RunQueue) -> None:
    """Put on the queue what starts on this CPU; under global scheduling the first CPU that comes puts all."""
    mutex_spin_enter(rq.rq_lock)
    l = rq.rq_boot
    rq.rq_boot = NULL
    while l is not NULL:
        if ANY_START != 0:
            l = boot_any(l)
        after = l.l_next
        l.l_stat = LSRUN
        sched_enqueue(rq, l, lwp_eprio(l))
        l = after
    mutex_spin_exit(rq.rq_lock)


@entry
@account("idle")
def idle_loop(l: Lwp) -> None:
    """What a CPU does when it has nothing to do. It starts here."""
    rq = sched.cpu[cpu_number()]
    intr_enable()
    sched_boot(rq)
    while True:
        intr_disable()
        # Booked for a thread that another CPU has taken since: choose once more, so that nobody thinks it busy.
        if rq.rq_bitmap == 0 and ci.want_resched == 0:
            halt()
        else:
            intr_enable()
            mutex_spin_enter(l.l_mutex)
            mi_switch()


def textbook_invariant(rq: RunQueue) -> bool:
    """2, with the lock held, for the CPU that asks: LSSLEEP ones are on no run queue, better ones wait for no one."""
    best = sched_best(rq)
    if best is NULL:
        return True
    return best.l_stat != LSSLEEP and (ci.want_resched != 0 or lwp_eprio(best) <= lwp_eprio(ci.onproc))


@invariant()
def textbook_always(rq: RunQueue) -> bool:
    """Who is ready is on a queue, and its list is not empty, while nobody has the one lock."""
    best = sched_best(rq)
    return rq.rq_lock.word != 0 or best is NULL or best.l_stat == LSRUN


@invariant()
def textbook_one_lock(l: Lwp) -> bool:
    """3."""
    return l.l_mutex is sched.cpu[l.l_cpu].rq_lock
