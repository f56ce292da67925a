"""scheduler(4): run queues, and which CPU a thread is woken on.

What
----
A CPU has a run queue: a row of lists by priority, and a bitmap that says which are not empty. It runs the first
thread of its best list, in order of arrival among equals; one that was preempted keeps its place, one that yields
goes behind. A thread is woken on the CPU it last ran on if it is better than what runs there, else on the CPU whose
thread is worst. When it is better than what runs there, that CPU is asked to look again (`resched`), by an
interrupt if it is another.

Where a clock calls `hardclock`, the thread that runs goes behind its equals after SCHED_SLICE ticks, if there are any;
not a thread of the kernel's of FIFO_PRI or better, which goes on until it sleeps or a better one comes (SCHED_FIFO).

A list holds 2**RQ_SHIFT priorities, in order. RQ_SHIFT 0 is a list for each of the 256; a system that is checked
has one list for all, and a word of state where it would have had 256.

Why
---
It is the least a multiprocessor kernel can have and still lend priorities: whoever lends must find the borrower in
its queue, and move it.

The race
--------
Two threads that are woken at once must not both choose the same CPU while another runs something worse:

    without the booking:
    cpu0                                cpu1
    switch_to(wakes_a)          -- a sleeps
                                        switch_to(wakes_b)          -- b sleeps
    sched_takecpu(a)
    sched_takecpu returns 2     -- it is idle
    send_ipi(2, 0)
                                        sched_takecpu(b)
                                        sched_takecpu returns 2     -- idle still; and cpu3 stays so

So whoever wakes books the CPU: its `curpriority` becomes that of a at once, and is put right by its next switch. If
b is the better of the two it takes the place that a had booked, and a waits: its own CPU comes first, as in NetBSD.

Invariants
----------
1. A thread on a run queue is LSRUN, its l_mutex is rq_lock; the thread that runs is LSONPROC, its l_mutex
   rq_lwplock.
2. A list is not empty exactly if its bit is set.
3. Unless `onproc` is on its way to sleep, curpriority is its priority; or that of a better thread that was just put on
   the queue, with a request on its way; or what `onproc` was lifted to while it waited for a lock, and took back when
   it had been woken: until its next switch no thread between the two preempts it, as in NetBSD.

Sources
-------
NetBSD sys/kern/kern_runq.c (sched_enqueue, sched_dequeue, sched_takecpu), kern_sleepq.c (sleepq_remove),
kern_synch.c (sched_changepri, sched_lendpri, resched_cpu), sched_4bsd.c (sched_tick), about 2013. Preempted threads
go to the head of their list: its real-time class.

Left out
--------
Other kernels' rule for who has slept: in NetBSD a user's thread is in the kernel's band from then on until it is back
in user mode, at half its distance from the others, and so it is under every design that uses this: two neighbouring
priorities below PRI_USER_RT can be one there. Slices by thread: as in NetBSD a CPU counts its ticks, whoever runs.
Stealing and balancing between CPUs. Priorities that decay. Where NetBSD leaves spc_curpriority as it was when what runs
is lent less than before, and relies on the next tick, this sets it and looks: there need be no tick.
"""

from __future__ import annotations

from splx.kernel.interface.axes import resched
from splx.kernel.interface.levels import (
    ANY_START,
    MARK_WAKE,
    NCPU,
    PRI_KERNEL,
    PRI_KTHREAD,
    RQ_COUNT,
    RQ_SHIFT,
    SCHED_SLICE,
)
from splx.kernel.interface.locks import mutex_spin_enter, mutex_spin_exit
from splx.kernel.interface.lwp import LSONPROC, LSRUN, LSSLEEP, LW_BOUND, LW_IDLE, LW_NOMIGRATE, Lwp, ci
from splx.kernel.interface.sched import (
    RunQueue,
    boot_any,
    lwp_fifo,
    lwp_lock,
    lwp_unlock,
    sched,
    sleepq_insert,
    sleepq_unlink,
)
from splx.lang.kernel import NULL, PerCpu, inline, invariant, on_cpu, u8
from splx.lang.wide import bit, fls
from splx.machine.intrinsics import cpu_number, mark

__account__ = "sched"


class SliceCpu(PerCpu):
    """Time slices. Its CPU alone, at the level of its clock."""

    ticks: u8  # since the last slice ended


slices = SliceCpu()

# ---- priorities and run queues


def lwp_eprio(l: Lwp) -> int:
    """Its own priority, lifted to the kernel band for a user's thread in the kernel; or what is lent to it."""
    own = l.l_prio
    if l.l_kpriority != 0 and own < PRI_KERNEL:
        own = (own >> 1) + l.l_kpribase
    return max(own, l.l_inherited)


def lwp_onproc(l: Lwp) -> bool:
    """Whether `l` is on a CPU, and not there to wait for the big lock."""
    return on_cpu(ci, l.l_cpu).running is l and on_cpu(ci, l.l_cpu).biglock_wanted is not l


def sched_enqueue(rq: RunQueue, l: Lwp, floor: int) -> None:
    """Put `l` on `rq`, before the first that is worse than `floor`."""
    row = lwp_eprio(l) >> RQ_SHIFT
    sleepq_insert(rq.rq_queue[row], l, floor)
    rq.rq_bitmap |= bit(row)


def sched_dequeue(rq: RunQueue, l: Lwp) -> None:
    """Take `l` off `rq`. Its priority is what it was when it was put there."""
    row = lwp_eprio(l) >> RQ_SHIFT
    q = rq.rq_queue[row]
    sleepq_unlink(q, l)
    if q.sq_head is NULL:
        rq.rq_bitmap &= ~bit(row)


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


# ---- waking


def setrunnable(l: Lwp) -> None:
    """Make the sleeping `l` run. Its lock, that of a sleep queue, is held; afterwards another one guards it.

    If `l` has not left its CPU yet it goes on there: the switch that it is about to make will only let others go first.
    """
    mark(MARK_WAKE, l.l_id, 0)
    if l.l_switched == 0:
        l.l_stat = LSONPROC
        l.l_mutex = sched.cpu[l.l_cpu].rq_lwplock
        return
    cpu = sched_takecpu(l)
    rq = sched.cpu[cpu]
    mutex_spin_enter(rq.rq_lock)
    l.l_cpu = cpu
    l.l_stat = LSRUN
    l.l_mutex = rq.rq_lock
    sched_enqueue(rq, l, lwp_eprio(l))
    sched_request(l, cpu)
    mutex_spin_exit(rq.rq_lock)


def sched_takecpu(l: Lwp) -> int:
    """The CPU to wake `l` on: its own if it will run there now or may not leave; else the one with least to do."""
    found = l.l_cpu
    least = on_cpu(ci, found).curpriority
    prio = lwp_eprio(l)
    if l.l_flag & (LW_BOUND | LW_NOMIGRATE) != 0 or prio > least:
        return found
    for cpu in range(NCPU):
        other = on_cpu(ci, cpu).curpriority
        if other < least and other < prio:
            least = other
            found = cpu
    return found


@inline
def sched_request(l: Lwp, cpu: int) -> None:
    """Have `cpu` look at its queue if `l`, which is on it, is better than what runs there. `rq_lock` is held.

    The CPU is booked for `l` at once, so that the next one who is woken looks for another.
    """
    prio = lwp_eprio(l)
    if prio > on_cpu(ci, cpu).curpriority:
        on_cpu(ci, cpu).curpriority = prio
        resched(l, cpu)


def sched_changepri(l: Lwp, inherited: int) -> None:
    """Set what is lent to `l`, whose lock is held, and move it to where it belongs now."""
    rq = sched.cpu[l.l_cpu]
    if l.l_stat == LSRUN:
        sched_requeue(rq, l, inherited)
        sched_request(l, l.l_cpu)
    elif l.l_stat == LSSLEEP and l.l_sleepq is not NULL:
        sleepq_unlink(l.l_sleepq, l)
        l.l_inherited = inherited
        sleepq_insert(l.l_sleepq, l, lwp_eprio(l))
    else:
        l.l_inherited = inherited
        if l.l_stat == LSONPROC and l.l_switchto is NULL:
            sched_repriority(rq, l)


def sched_requeue(rq: RunQueue, l: Lwp, inherited: int) -> None:
    """Set what is lent to `l`, which is on `rq`. An idle CPU looks without the lock: the queue never seems empty."""
    row = lwp_eprio(l) >> RQ_SHIFT
    q = rq.rq_queue[row]
    sleepq_unlink(q, l)
    l.l_inherited = inherited
    sched_enqueue(rq, l, lwp_eprio(l))
    if q.sq_head is NULL:
        rq.rq_bitmap &= ~bit(row)


def sched_repriority(rq: RunQueue, l: Lwp) -> None:
    """The priority of `l`, which runs, has changed: so has that of its CPU. If somebody is better now, say so."""
    mutex_spin_enter(rq.rq_lock)
    on_cpu(ci, l.l_cpu).curpriority = lwp_eprio(l)
    best = sched_best(rq)
    if best is not NULL:
        sched_request(best, l.l_cpu)
    mutex_spin_exit(rq.rq_lock)


def sched_tick() -> None:
    """The tick of a clock of this CPU: at the end of a slice whoever runs gives way to its equals."""
    l = ci.onproc
    slices.ticks += 1
    if l.l_flag & LW_IDLE != 0:
        slices.ticks = 0
    elif slices.ticks == SCHED_SLICE:
        slices.ticks = 0
        lwp_lock(l)
        rq = sched.cpu[cpu_number()]
        mutex_spin_enter(rq.rq_lock)
        best = sched_best(rq)
        if best is not NULL and lwp_eprio(best) >= lwp_eprio(l) and not lwp_fifo(l):
            l.l_yielded = 1
            resched(best, cpu_number())
        mutex_spin_exit(rq.rq_lock)
        lwp_unlock(l)


def sched_boot(rq: RunQueue) -> None:
    """Put what starts on this CPU on its run queue."""
    mutex_spin_enter(rq.rq_lock)
    l = rq.rq_boot
    rq.rq_boot = NULL
    while l is not NULL:
        if ANY_START != 0:
            l = boot_any(l)
        after = l.l_next
        l.l_stat = LSRUN
        l.l_mutex = rq.rq_lock
        sched_enqueue(rq, l, lwp_eprio(l))
        l = after
    mutex_spin_exit(rq.rq_lock)


def sched_userret(l: Lwp) -> None:
    """mi_userret: out of the kernel band. Somebody on the queue may be better than `l` now."""
    if l.l_kpriority != 0:
        lwp_lock(l)
        l.l_kpriority = 0
        sched_repriority(sched.cpu[l.l_cpu], l)
        lwp_unlock(l)


def sched_invariant(l: Lwp) -> bool:
    """1, with the lock of `l` held, for one that runs or is ready."""
    rq = sched.cpu[l.l_cpu]
    if l.l_stat == LSRUN:
        return l.l_mutex is rq.rq_lock
    if l.l_stat == LSONPROC:
        return l.l_mutex is rq.rq_lwplock
    return True


def sched_current_invariant() -> bool:
    """3, of this CPU, with the lock of its queue held."""
    l = ci.onproc
    own = lwp_eprio(l)
    lifted = max((l.l_prio >> 1) + PRI_KTHREAD, l.l_inherited)
    back = l.l_kpriority != 0 and l.l_prio < PRI_KERNEL and ci.curpriority == lifted
    return l.l_stat == LSSLEEP or ci.curpriority == own or back or (ci.curpriority > own and ci.want_resched != 0)


@invariant()
def sched_always(l: Lwp) -> bool:
    """1, once its CPU has begun, while nobody has the lock of `l` or of the queue of its CPU."""
    rq = sched.cpu[l.l_cpu]
    if l.l_mutex is NULL or rq.rq_boot is not NULL or rq.rq_lock.word != 0 or l.l_mutex.word != 0:
        return True
    return sched_invariant(l)


@invariant()
def sched_bitmap(rq: RunQueue) -> bool:
    """2, while nobody has the lock of the queue."""
    agrees = True
    for row in range(RQ_COUNT):
        agrees = agrees and (rq.rq_queue[row].sq_head is not NULL) == (rq.rq_bitmap & bit(row) != 0)
    return rq.rq_lock.word != 0 or agrees
