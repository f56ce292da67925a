"""DPCs: deferred procedure calls, a queue for each CPU, emptied at DISPATCH_LEVEL on whatever was interrupted.

What
----
`softint_schedule` (KeInsertQueueDpc) puts a handler at the end of the queue of the CPU where it is called, unless it is
on a queue already, of whatever CPU, and asks for DISPATCH_LEVEL. When the CPU's level falls below that, it runs what is
queued, first come first served, each with interrupts on, until the queue is empty. All soft levels are this one.

With DPC_LEVELS the soft level that a driver has asked for is the call's importance. One of IPL_SOFTSERIAL is of high
importance: it goes to the head of the queue. One of IPL_SOFTCLOCK is of low importance: it asks for no interrupt unless
DPC_DEPTH are queued by then, and waits for a call that does, or for the next tick. A CPU that is at its queue, or has
been asked to look, is not asked again.

With DPC_WATCHDOG every tick looks whether it has interrupted a call. One that takes more ticks than that stops the
system (DPC_WATCHDOG_VIOLATION, bug check 0x133), and so do calls that together, with no tick between them that finds
none, take more than DPC_WATCHDOG_PERIOD.

Why
---
A service routine at the level of its device keeps that level and all below away, so what can wait is done at a level
that keeps only threads away. No thread is needed for it and nothing can be preempted by it but threads, so data
that DPCs and threads share is protected by a spin lock that raises to DISPATCH_LEVEL. There is no quota: a source of
interrupts that goes on queueing leaves no time for threads, and all that the system does about that is to notice, if
somebody watches.

The race
--------
A call leaves the queue, and counts as queued no more, before it is made. What interrupts it may ask for it again, and
another CPU may then run it at the same time:

    cpu0                                cpu1
    interrupt nic
    softint_schedule(take)
    cas dpcs.queued[0] := 1
    dpcs.queued[0] := 0         -- off the queue
    take
                                        interrupt disk
                                        softint_schedule(take)
                                        cas dpcs.queued[0] := 1
                                        take

Were it cleared after the call, what came meanwhile would be forgotten.

Invariants
----------
1. A call is on at most one queue of all CPUs, and counts as queued exactly while it is on one.
2. A DPC returns at DISPATCH_LEVEL, with no spin lock held, and the mutexes and the count of preemption of what it
   interrupted as they were.
3. As many calls are counted as are on the queue.

Sources
-------
ReactOS ntoskrnl/ke/dpc.c @06b28abb (KeInsertQueueDpc, KiRetireDpcList) and ke/time.c (KeUpdateRunTime), a
reimplementation of Windows NT: a model of it, not the thing. Windows driver documentation: Introduction to DPC Objects,
Organization of DPC Queues, KeSetImportanceDpc; bug check 0x133; KDPC_WATCHDOG_INFORMATION. Crash dumps show an
allotment of 1,280 ticks and a period of 7,680, which are 20 and 120 seconds.

Left out
--------
Calls for another CPU, for whose sake the queue has a lock, are in dpc_target, and that low calls are not put off while
calls are seldom in dpc_rate. Threaded DPCs. Timers, which expire in the same loop. That an idle CPU empties its queue.
That the watchdog counts the time of service routines, and of threads at DISPATCH_LEVEL. A stack of their own.
"""

from __future__ import annotations

from splx.kernel.interface.axes import intr_leave, mask_enter, spl_level, spl_request, splraise, splx
from splx.kernel.interface.dpcs import DpcQueue, dpc_lock, dpc_low, dpc_put, dpc_unlock, dpcq, dpcs
from splx.kernel.interface.left import nopreempt_check, nopreempt_enter, nopreempt_exit
from splx.kernel.interface.levels import (
    DPC_DEPTH,
    DPC_LEVELS,
    DPC_TARGETS,
    DPC_WATCHDOG,
    DPC_WATCHDOG_PERIOD,
    IPL_HIGH,
    MARK_DONE,
    MARK_START,
    NODEV,
    SOFT_FIRST,
)
from splx.kernel.interface.lines import IntrSource, Softint
from splx.kernel.interface.lwp import (
    ci,
    splfloor_enter,
    splfloor_exit,
)
from splx.lang.kernel import NULL, PerCpu, entry, i64, inline, invariant, panic, u8
from splx.machine.intrinsics import cas, cpu_number, fence, intr_disable, intr_enable, mark

__account__ = "intr"


class DpcData(PerCpu):
    """KPRCB: what the watchdog counts. This CPU alone, interrupts off."""

    busy: u8  # a call is under way
    single: i64  # ticks that have interrupted it
    total: i64  # ticks since one has found no call under way


dpcdata = DpcData()


def softint_schedule(si: Softint) -> None:
    """KeInsertQueueDpc: have `si` run soon, once however often it is asked for until then."""
    s = splraise(IPL_HIGH)
    cpu = cpu_number()
    q = dpcq.of[cpu]
    dpc_lock(q)
    if cas(dpcs.queued[si.si_index], 0, 1):
        dpc_put(q, si)
        dpc_counted(cpu)
        if q.active == 0 and q.requested == 0 and dpc_worth(si, cpu, q.depth):
            q.requested = 1
            spl_request(SOFT_FIRST)
    dpc_unlock(q)
    splx(s)


@inline
def dpc_worth(si: Softint, cpu: int, depth: int) -> bool:
    """Whether `si`, with which there are `depth` on the queue of this CPU, is worth an interrupt."""
    return DPC_LEVELS == 0 or not dpc_low(si) or depth >= dpc_most(cpu) or dpc_seldom()


@entry
def softint_run(s: IntrSource) -> None:
    """The frame of DISPATCH_LEVEL: KiRetireDpcList. What comes for a CPU that is at it asks for no interrupt: it looks
    again when it has said that it is not.
    """
    old = mask_enter(s.is_level)
    depth = ci.idepth
    ci.idepth = depth + 1
    q = dpcq.of[cpu_number()]
    while q.depth != 0:
        q.active = 1
        while q.depth != 0:
            dpc_next(q, s.is_level)
        q.active = 0
        q.requested = 0
        if DPC_TARGETS != 0:
            fence()
    ci.idepth = depth
    intr_leave(old)


@inline
def dpc_next(q: DpcQueue, level: int) -> None:
    """Take a call off the queue and make it. Called and returns with interrupts off."""
    dpc_lock(q)
    si = q.head
    q.head = si.si_next
    si.si_next = NULL
    dpcs.queued[si.si_index] = 0
    q.depth = q.depth - 1
    dpc_unlock(q)
    if DPC_WATCHDOG != 0:
        dpcdata.single = 0
        dpcdata.busy = 1
    nopreempt_enter(level)
    intr_enable()
    dpc_call(si, level)
    intr_disable()
    nopreempt_check(level)
    nopreempt_exit(level)
    if DPC_WATCHDOG != 0:
        dpcdata.busy = 0


@inline
def dpc_call(si: Softint, level: int) -> None:
    """Make a call, and check what it leaves behind."""
    l = ci.curlwp
    if si.si_dev != NODEV:
        mark(MARK_START, si.si_dev, 0)
    ci.locks_under[level] = l.l_locks
    splfloor_enter(l, level)
    si.si_func(si.si_arg)
    splfloor_exit(l, level)
    assert spl_level() == level, "softint returned at another level"
    assert ci.mtx_count == 0, "softint left a spin mutex held"
    assert l.l_locks == ci.locks_under[level], "softint left a mutex held"
    ci.locks_under[level] = 0
    if si.si_autodone != 0:
        mark(MARK_DONE, si.si_dev, 0)


@inline
def watchdog_tick() -> None:
    """KeUpdateRunTime, as far as it is about calls. At IPL_CLOCK."""
    if DPC_WATCHDOG != 0:
        dpc_watch()
    dpc_rated()
    if DPC_LEVELS | DPC_TARGETS != 0:
        q = dpcq.of[cpu_number()]
        if q.depth != 0 and q.active == 0:
            spl_request(SOFT_FIRST)


def dpc_watch() -> None:
    """A tick has found a call under way, or not."""
    if dpcdata.busy == 0:
        dpcdata.total = 0
    else:
        dpcdata.single += 1
        dpcdata.total += 1
        if dpcdata.single > DPC_WATCHDOG:
            panic("DPC_WATCHDOG_VIOLATION: a single DPC exceeded its time allotment", dpcdata.single)
        if dpcdata.total > DPC_WATCHDOG_PERIOD:
            panic("DPC_WATCHDOG_VIOLATION: the CPU has spent the watchdog period in DPCs", dpcdata.total)


@inline
def dpc_most(cpu: int) -> int:
    """KiMaximumDpcQueueDepth."""
    return DPC_DEPTH


@inline
def dpc_seldom() -> bool:
    """Nobody counts them."""
    return False


@inline
def dpc_counted(cpu: int) -> None:
    """Nobody."""


@inline
def dpc_rated() -> None:
    """There is nothing to be reckoned."""


@invariant()
def dpc_always() -> bool:
    """1, 3, of this CPU, while nobody has the lock of its queue: what is on it counts as queued, and is counted."""
    q = dpcq.of[cpu_number()]
    holds = True
    depth = 0
    si = q.head
    while si is not NULL:
        holds = holds and dpcs.queued[si.si_index] != 0
        depth += 1
        si = si.si_next
    return q.lock != 0 or (holds and depth == q.depth)
