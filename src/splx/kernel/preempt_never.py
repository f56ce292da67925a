"""Preemption, the 2006 way: a thread in the kernel runs until it sleeps, yields, or goes back to user mode.

What
----
`resched` notes that a better thread waits. A thread in user mode gives way at once, through the asynchronous
trap that is here the lowest soft level; a thread in the kernel gives way when it returns to user mode
(`user_enter`), and until then is not asked.

Why
---
All kernel data that threads share among themselves on one CPU is then safe without any lock at all. Its price
is the worst latency of a real-time thread: the longest path through the kernel that does not sleep.

The race
--------
A thread on its way to user mode must not miss a request that comes just then. It says that it is in user mode
first, and looks afterwards:

    cpu0                                cpu1
    user_enter
    low.l_user := 1
                                        setrunnable(better)
                                        send_ipi(0, 0)
                                        setrunnable returns
    interrupt poke
    ipi_resched
    send_ipi(0, 1)              -- in user mode: asks for the trap
    reads want_resched: 1       -- user_enter looks, too
    kpreempt
    switch_to(better)

Invariants
----------
1. A thread that is not in user mode is never switched but by its own call.

Sources
-------
NetBSD sys/kern/kern_synch.c @0037f95d (2005): preempt, need_resched; userret in
sys/arch/i386/include/userret.h.

Left out
--------
Signals and profiling ticks, which share the trap.
"""

from __future__ import annotations

from splx.kernel.interface.axes import spl_request, splraise, splx
from splx.kernel.interface.levels import IPL_SCHED, SOFT_PREEMPT, VEC_POKE
from splx.kernel.interface.lwp import Lwp, ci
from splx.kernel.interface.sched import preempt_switch, sched_userret
from splx.lang.kernel import inline, noinline, on_cpu
from splx.machine.intrinsics import cpu_number, send_ipi

__account__ = "sched"


def resched(l: Lwp, cpu: int) -> None:
    """`l` waits on `cpu` and is better than what runs there."""
    if cpu == cpu_number():
        resched_here()
    else:
        on_cpu(ci, cpu).want_resched = 1
        send_ipi(cpu, VEC_POKE)


def ipi_resched() -> None:
    """Another CPU has called `resched` for this one."""
    if ci.want_resched != 0:
        resched_here()


@inline
def resched_here() -> None:
    """Note it, and have the trap taken if the thread is in user mode."""
    ci.want_resched = 1
    if ci.onproc.l_user != 0:
        spl_request(SOFT_PREEMPT)


def user_enter() -> None:
    """The running thread goes to user mode: see the race."""
    l = ci.curlwp
    sched_userret(l)
    l.l_user = 1
    if ci.want_resched != 0:
        kpreempt()


@inline
def user_leave() -> None:
    """The running thread enters the kernel."""
    ci.curlwp.l_user = 0


@inline
def kpreempt_disable() -> None:
    """Nothing: no thread is preempted in the kernel."""


@inline
def kpreempt_enable() -> None:
    """Nothing."""


@inline
def kpreempt_disabled() -> bool:
    """Always."""
    return True


@inline
def preempt_point() -> None:
    """Nothing."""


@inline
def might_resched() -> None:
    """Nothing."""


@noinline
def kpreempt() -> None:
    """The trap: give way if the thread is in user mode still."""
    while ci.want_resched != 0 and ci.curlwp.l_user != 0:
        s = splraise(IPL_SCHED)
        preempt_switch()
        splx(s)
