"""Preemption at points: a thread in the kernel gives way where it says that it may sleep.

What
----
As with preempt_never a thread in the kernel is not asked to give way; that a better one waits is only noted. But every
call that may sleep (`might_sleep` in mutex_lock, in allocations, or by itself) looks at the note first, and lets the
better one run, whether or not it would have slept.

Why
---
It is the middle of three: what never sleeps keeps its CPU, so that data of one CPU needs no more care than without
preemption, and nothing is counted on the way in and out of a section; and the worst latency is no longer the longest
path that does not sleep, but the longest between two places where it might. `might_sleep` was put there to find
mistakes, and stood in the right places already.

The race
--------
The look comes before the lock is taken. A thread that gave way with it would keep from it the better one too:

    cpu0                                cpu1
    low
                                        setrunnable(better)
                                        send_ipi(0, 0)
                                        cv_signal returns
                                        mutex_exit returns
    interrupt poke
    ipi_resched
    reads low.l_user: 0         -- in the kernel: it is not asked
    ipi_resched returns
    mutex_enter(table)
    reads want_resched: 1
    cond_resched
    switch_to(better)
    mutex_enter(table)
    cas table.word := better
    mutex_exit returns

Invariants
----------
1. A thread that has raised the level does not give way at a point.

Sources
-------
Linux include/linux/kernel.h: might_resched under CONFIG_PREEMPT_VOLUNTARY; kernel/sched/core.c: __cond_resched,
preempt_schedule_common (6.x). I. Molnar, "voluntary-preempt", linux-kernel, July 2004.

Left out
--------
The points that code has by hand (cond_resched), which are there without this, too; among them that of ksoftirqd. Lazy
preemption, where the clock sees to it that a thread gives way at last.
"""

from __future__ import annotations

from splx.kernel.interface.axes import spl_irq_restore, spl_irq_save
from splx.kernel.interface.levels import IPL_PREEMPT, IPL_SCHED
from splx.kernel.interface.lwp import ci
from splx.kernel.interface.sched import preempt_switch
from splx.lang.kernel import inline, noinline

__account__ = "sched"


@inline
def might_resched() -> None:
    """A thread says that it may sleep: here it gives way if that was asked."""
    if ci.want_resched != 0:
        cond_resched()


@noinline
def cond_resched() -> None:
    """__cond_resched: until nobody better waits, unless the level forbids it."""
    s = spl_irq_save(IPL_SCHED)
    while s <= IPL_PREEMPT and ci.want_resched != 0:
        preempt_switch()
    spl_irq_restore(s)
