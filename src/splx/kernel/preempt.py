"""kpreempt(9): a thread in the kernel gives way to a better one, unless something forbids it.

What
----
Whoever makes a better thread runnable calls `resched`. On the thread's own CPU that marks the running thread
(`l_dopreempt`) and asks for the lowest soft level of all, which is delivered when the level falls to IPL_NONE;
another CPU is poked and does the same. What then runs, in the thread's own frame, is `kpreempt`: it switches,
or refuses, and a refusal is retried where its reason ends.

    refused because                            retried
    preemption is disabled (l_nopreempt)       kpreempt_enable
    an interrupt or softint thread runs        never: it is short
    the big lock is held or waited for         its last release
    the level is above IPL_PREEMPT             when it falls to IPL_NONE

Why
---
Once data is protected by locks, preempting the kernel is nearly free (Laight, 2006): an adaptive mutex may be
held by a thread that does not run. What must not be preempted says so by a counter, or is at a raised level: a
spin mutex.

The race
--------
The request must not fall between the look and the switch. It is a flag that only the switch clears, and the
level that delivers it is asked for again when the level was what refused:

    cpu0                                cpu1
    kpreempt_disable
    low.l_nopreempt := 1
                                        setrunnable(better)
                                        send_ipi(0, 0)
                                        setrunnable returns
    interrupt poke
    ipi_resched
    low.l_dopreempt := 1
    kpreempt
    kpreempt returns            -- refused
    kpreempt_enable
    kpreempt
    switch_to(better)

Invariants
----------
1. A thread is switched from `kpreempt` only at IPL_SCHED over IPL_PREEMPT or below, without holds of the big
   lock and with l_nopreempt 0.
2. Every request is followed by a switch, a refusal with a retry point, or the thread's own sleep.

Sources
-------
NetBSD sys/kern/kern_synch.c (kpreempt; tombibsd @3bc23fd0, about 2013), sys/arch/x86/x86/x86_machdep.c
@01fde3a2 (cpu_kpreempt_enter, cpu_need_resched), sys/sys/lwp.h.

Left out
--------
The timing of refusals by lockstat (they are counted). In NetBSD the CPU that calls for a preemption sets
l_dopreempt itself, before it pokes; here the poked CPU does.
"""

from __future__ import annotations

from splx.kernel.interface.axes import spl_irq_restore, spl_irq_save, spl_level, spl_request
from splx.kernel.interface.levels import IPL_NONE, IPL_PREEMPT, IPL_SCHED, KPREEMPT_PRI, SOFT_PREEMPT, VEC_POKE
from splx.kernel.interface.lwp import LSONPROC, LW_IDLE, LW_INTR, Lwp, ci
from splx.kernel.interface.sched import lwp_eprio, preempt_switch, sched_userret
from splx.lang.kernel import NULL, Struct, i64, inline, invariant, noinline, on_cpu, stat
from splx.machine.intrinsics import cpu_number, fetch_add_local, send_ipi

__account__ = "sched"


class KpreemptEvents(Struct):
    """Why preemptions were refused, and how many were not."""

    immediate: i64 = stat()
    failed_crit: i64 = stat()
    failed_softint: i64 = stat()
    failed_klock: i64 = stat()
    failed_ipl: i64 = stat()


kpreempt_ev = KpreemptEvents()


@inline
def resched(l: Lwp, cpu: int) -> None:
    """`l` waits on `cpu` and is better than what runs there."""
    kernel = KPREEMPT_PRI == 0 or lwp_eprio(l) >= KPREEMPT_PRI
    if cpu == cpu_number():
        resched_here(kernel)
    else:
        if KPREEMPT_PRI != 0 and kernel:
            on_cpu(ci, cpu).want_kpreempt = 1
        on_cpu(ci, cpu).want_resched = 1
        send_ipi(cpu, VEC_POKE)


def ipi_resched() -> None:
    """Another CPU has called `resched` for this one. An idle CPU has been woken by the poke itself."""
    if ci.want_resched != 0:
        resched_here(KPREEMPT_PRI == 0 or ci.want_kpreempt != 0)


@inline
def resched_here(kernel: bool) -> None:  # noqa: FBT001 - kernel code has no keyword arguments
    """Ask the thread under all interrupts to give way: now if `kernel` or in user mode, else on its way there."""
    ci.want_resched = 1
    l = ci.onproc
    if l.l_flag & (LW_IDLE | LW_INTR) == 0 and (kernel or l.l_user != 0):
        l.l_dopreempt = 1
        spl_request(SOFT_PREEMPT)


def user_enter() -> None:
    """The running thread goes to user mode.

    It says so first: a request that comes between the two is taken at once.
    """
    l = ci.curlwp
    sched_userret(l)
    l.l_user = 1
    if ci.want_resched != 0:
        l.l_dopreempt = 1
        kpreempt()


@inline
def user_leave() -> None:
    """The running thread enters the kernel."""
    ci.curlwp.l_user = 0


@inline
def kpreempt_disable() -> None:
    """The running thread stays on its CPU, unless it blocks, until `kpreempt_enable`."""
    fetch_add_local(ci.curlwp.l_nopreempt, 1)


@inline
def kpreempt_enable() -> None:
    """Undo one `kpreempt_disable`."""
    l = ci.curlwp
    holds = fetch_add_local(l.l_nopreempt, -1)
    if holds == 1 and l.l_dopreempt != 0:
        kpreempt()


@inline
def kpreempt_disabled() -> bool:
    """Whether the running thread cannot be preempted now."""
    return ci.curlwp.l_nopreempt != 0 or spl_level() > IPL_NONE


@inline
def preempt_point() -> None:
    """The big lock is free: a preemption that it had refused may happen."""
    if ci.curlwp.l_dopreempt != 0:
        kpreempt()


@inline
def might_resched() -> None:
    """Nothing: it was asked already."""


@noinline
def kpreempt() -> None:
    """Switch to the better thread, and again while there is one; or note why not."""
    while ci.curlwp.l_dopreempt != 0:
        l = ci.curlwp
        flags = l.l_flag
        if l.l_nopreempt != 0:  # before its status, which others change while it goes to sleep on a turnstile
            kpreempt_ev.failed_crit += 1
            return
        if flags & LW_IDLE != 0 or l.l_stat != LSONPROC:
            l.l_dopreempt = 0
        elif flags & LW_INTR != 0:
            kpreempt_ev.failed_softint += 1
            l.l_dopreempt = 0
        elif not kpreempt_try(l):
            return


@inline
def kpreempt_try(l: Lwp) -> bool:
    """Switch unless the big lock or the level forbids it; whether it did."""
    s = spl_irq_save(IPL_SCHED)
    if l.l_blcnt != 0 or ci.biglock_wanted is not NULL:
        kpreempt_ev.failed_klock += 1
        spl_irq_restore(s)
        return False
    if s > IPL_PREEMPT:
        kpreempt_ev.failed_ipl += 1
        spl_request(SOFT_PREEMPT)
        spl_irq_restore(s)
        return False
    kpreempt_ev.immediate += 1
    preempt_switch()
    spl_irq_restore(s)
    return True


@invariant()
def preempt_always(l: Lwp) -> bool:
    """Preemption is enabled no more often than it was disabled."""
    return l.l_nopreempt >= 0
