"""sched_fair: threads of one priority take turns by how much they have run.

What
----
Each tick of a clock is put down to the thread that it finds running, on the CPU where it runs. Of ready threads of one
priority the one with the fewest ticks is first. Who is woken and has fewer than the one that runs takes the CPU from
it; who runs gives way at the tick with which it has more than the first of its equals. What all that compete have is
taken off all counts, and whoever sleeps has at most CREDIT fewer than they when it comes back. Priorities go before all
this.

Why
---
A thread that works off what interrupts have left, ksoftirqd, must neither keep ordinary threads from the CPU nor be
kept from it by them. By slices alone who sleeps now and then, for a packet, would get the CPU for as long as its queue
lasts and then wait for a slice of the other's to end: it would never come to half.

The race
--------
A wakeup from another CPU compares counts while a tick changes one. Both have the lock of the run queue:

    cpu0                                cpu1: waker
    switch_to(hog)              -- the sleeper sleeps
    interrupt clock
    cas rq_lock.word := 1       -- sched_tick
                                        setrunnable(sleeper)
                                        spins on rq_lock.word
    fair.used[2] := 1
    sched_tick returns
                                        cas rq_lock.word := 2
                                        reads cpu0.fair.used[2]: 0
                                        setrunnable returns

Invariants
----------
1. Among threads of one priority on a run queue none is before one that has used less.
2. After a tick one of those who compete for the CPU has used no more than 0.

Sources
-------
Linux kernel/sched/fair.c before 6.6 (enqueue_entity, check_preempt_tick, check_preempt_wakeup, place_entity,
update_min_vruntime), Documentation/scheduler/sched-design-CFS.rst. CREDIT is half of its latency target, 6 ms.

Left out
--------
Linux reads a clock, to the nanosecond; here a tick finds whom it finds, as in 4.3BSD, so a thread that always sleeps
when it comes is never seen. Weights: there a better thread gets more, here it gets all. Slices longer than a tick,
groups, what is fair between CPUs.
"""

from __future__ import annotations

from splx.kernel.interface.axes import resched
from splx.kernel.interface.levels import NLWP, RQ_SHIFT
from splx.kernel.interface.locks import mutex_spin_enter, mutex_spin_exit
from splx.kernel.interface.lwp import LW_IDLE, Lwp, ci
from splx.kernel.interface.sched import RunQueue, lwp_eprio, lwp_fifo, sched, sched_best
from splx.lang.kernel import NULL, Array, PerCpu, array, atomic, i64, inline, invariant, on_cpu
from splx.lang.wide import bit
from splx.machine.intrinsics import cpu_number

__account__ = "sched"


MOST = 8  # ticks by which a thread may be ahead: it cannot stop the clock while it is on its way off the CPU
CREDIT = 3  # ticks that a thread may have fewer than those that ran while it slept


class FairCpu(PerCpu):
    """By thread, the ticks it has used on a CPU beyond what all have. Written under the lock of its run queue."""

    used: Array[i64] = array(NLWP, atomic())


fair = FairCpu()


@inline
def fair_used(l: Lwp, cpu: int) -> int:
    """What `l` has used on `cpu`."""
    return on_cpu(fair, cpu).used[l.l_id]


def fair_before(each: Lwp, l: Lwp, floor: int) -> bool:
    """Whether `each`, on a run queue, stays before `l`: it is better, has used less, or came first."""
    prio = lwp_eprio(l)
    other = lwp_eprio(each)
    if other != prio:
        return other > prio
    mine = fair_used(l, l.l_cpu)
    its = fair_used(each, l.l_cpu)
    return its < mine or (its == mine and floor == prio)


def sched_enqueue(rq: RunQueue, l: Lwp, floor: int) -> None:
    """Put `l` where it belongs; with `floor` above its priority before those that have used as much."""
    row = lwp_eprio(l) >> RQ_SHIFT
    before: Lwp = NULL
    after = rq.rq_queue[row].sq_head
    while after is not NULL and fair_before(after, l, floor):
        before = after
        after = after.l_next
    l.l_next = after
    if before is NULL:
        rq.rq_queue[row].sq_head = l
    else:
        before.l_next = l
    rq.rq_bitmap |= bit(row)


@inline
def sched_request(l: Lwp, cpu: int) -> None:
    """Have `cpu` look at its queue if `l`, which is on it, is better than what runs there, or has used less."""
    prio = lwp_eprio(l)
    booked = on_cpu(ci, cpu).curpriority
    if prio > booked or (prio == booked and fair_used(l, cpu) < fair_used(on_cpu(ci, cpu).running, cpu)):
        on_cpu(ci, cpu).curpriority = prio
        resched(l, cpu)


def sched_tick() -> None:
    """Put the tick down to who runs, and have it give way to an equal that has used less."""
    l = ci.onproc
    if l.l_flag & LW_IDLE != 0 or lwp_fifo(l):
        return
    here = cpu_number()
    rq = sched.cpu[here]
    mutex_spin_enter(rq.rq_lock)
    least = min(fair_used(l, here) + 1, MOST)
    on_cpu(fair, here).used[l.l_id] = least
    best = sched_best(rq)
    competes = best is not NULL and lwp_eprio(best) == lwp_eprio(l)
    if competes:
        least = min(least, fair_used(best, here))
    if least > 0:
        fair_forget(least, here)
    if competes and fair_used(best, here) < fair_used(l, here):
        resched(best, here)
    mutex_spin_exit(rq.rq_lock)


@inline
def fair_forget(least: int, cpu: int) -> None:
    """All that compete have used `least`: so much counts for nobody. The lock of the queue is held."""
    for n in range(NLWP):
        on_cpu(fair, cpu).used[n] = max(on_cpu(fair, cpu).used[n] - least, -CREDIT)


def fair_order_invariant(rq: RunQueue) -> bool:
    """1, with the lock held, of the list of the best."""
    each = sched_best(rq)
    while each is not NULL and each.l_next is not NULL:
        after = each.l_next
        if lwp_eprio(each) == lwp_eprio(after) and fair_used(each, each.l_cpu) > fair_used(after, each.l_cpu):
            return False
        each = after
    return True


def fair_least_invariant(rq: RunQueue, l: Lwp) -> bool:
    """2, with the lock held, at a tick of `l`."""
    best = sched_best(rq)
    least = fair_used(l, l.l_cpu)
    if best is not NULL and lwp_eprio(best) == lwp_eprio(l):
        least = min(least, fair_used(best, l.l_cpu))
    return least <= 0


@invariant()
def fair_always(rq: RunQueue) -> bool:
    """1, while nobody has the lock."""
    return rq.rq_lock.word != 0 or fair_order_invariant(rq)
