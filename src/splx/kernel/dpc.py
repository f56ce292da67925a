"""DPCs: deferred procedure calls, a queue for each CPU, emptied at DISPATCH_LEVEL on whatever was interrupted.

What
----
`softint_schedule` (KeInsertQueueDpc) puts a handler at the end of the queue of the CPU where it is called, unless it is
on a queue already, of whatever CPU, and asks for DISPATCH_LEVEL. When the CPU's level falls below that, it runs what is
queued, first come first served, each with interrupts on, until the queue is empty. All soft levels are this one.

With DPC_DEPTH the soft level that a driver has asked for is the call's importance. One of IPL_SOFTSERIAL is of high
importance: it goes to the head of the queue. One of IPL_SOFTCLOCK is of low importance: it asks for no interrupt unless
so many are queued by then, and waits for a call that does, or for the next tick.

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
2. A DPC returns at DISPATCH_LEVEL, with no spin lock held.
3. With DPC_DEPTH, as many calls are counted as are on the queue.

Sources
-------
ReactOS ntoskrnl/ke/dpc.c @06b28abb (KeInsertQueueDpc, KiRetireDpcList) and ke/time.c (KeUpdateRunTime), a
reimplementation of Windows NT: a model of it, not the thing. Windows driver documentation: Introduction to DPC Objects,
Organization of DPC Queues, KeSetImportanceDpc; bug check 0x133; KDPC_WATCHDOG_INFORMATION. Crash dumps show an
allotment of 1,280 ticks and a period of 7,680, which are 20 and 120 seconds.

Left out
--------
Calls for another CPU, for whose sake the queue has a lock; threaded DPCs. Timers, which expire in the same loop. That
an idle CPU empties its queue, and that a call of low importance asks for an interrupt, too, while calls are seldom.
That the watchdog counts the time of service routines, and of threads at DISPATCH_LEVEL. A stack of their own.
"""

from __future__ import annotations

from splx.kernel.interface.axes import intr_leave, mask_enter, spl_level, spl_request, splraise, splx
from splx.kernel.interface.levels import (
    DPC_DEPTH,
    DPC_WATCHDOG,
    DPC_WATCHDOG_PERIOD,
    IPL_HIGH,
    MARK_DONE,
    MARK_START,
    NODEV,
    SOFT_CLOCK,
    SOFT_FIRST,
    SOFT_SERIAL,
    SOFTS,
)
from splx.kernel.interface.lines import MAXSOFTINTS, IntrSource, Softint, softints
from splx.kernel.interface.lwp import ci, splfloor_enter, splfloor_exit
from splx.kernel.interface.softq import softq_push, softq_put, softq_remove, sq
from splx.lang.kernel import (
    Array,
    PerCpu,
    Struct,
    array,
    atomic,
    entry,
    i64,
    inline,
    invariant,
    on_cpu,
    panic,
    spin_while,
    u8,
)
from splx.machine.intrinsics import cas, cpu_number, intr_disable, intr_enable, mark

__account__ = "intr"

QUEUE = 0  # of the queues that a CPU has, the one that is used


class DpcTable(Struct):
    """KDPC.DpcData: whether a call is queued, by si_index."""

    queued: Array[u8] = array(MAXSOFTINTS, atomic())


class DpcCpu(PerCpu):
    """The lock of a CPU's queue. At IPL_HIGH."""

    lock: i64 = atomic()


class DpcData(PerCpu):
    """KPRCB: what is counted of calls. This CPU alone: `depth` under the lock, the others with interrupts off."""

    depth: u8  # calls on the queue
    busy: u8  # a call is under way
    single: i64  # ticks that have interrupted it
    total: i64  # ticks since one has found no call under way


dpcs = DpcTable()
dpccpu = DpcCpu()
dpcdata = DpcData()


@inline
def dpc_lock() -> None:
    """Take the lock of this CPU's queue. At IPL_HIGH, or with interrupts off."""
    while not cas(on_cpu(dpccpu, cpu_number()).lock, 0, 1):
        spin_while(on_cpu(dpccpu, cpu_number()).lock != 0)


@inline
def dpc_unlock() -> None:
    """Release it."""
    on_cpu(dpccpu, cpu_number()).lock = 0


def softint_schedule(si: Softint) -> None:
    """KeInsertQueueDpc: have `si` run soon, once however often it is asked for until then."""
    i = si.si_index
    s = splraise(IPL_HIGH)
    dpc_lock()
    if cas(dpcs.queued[i], 0, 1):
        if DPC_DEPTH != 0:
            dpc_insert(si, i)
        else:
            softq_put(QUEUE, i)
            spl_request(SOFT_FIRST)
    dpc_unlock()
    splx(s)


def dpc_insert(si: Softint, i: int) -> None:
    """Put a call where its importance says, and ask for an interrupt if that is worth one."""
    depth = dpcdata.depth + 1
    dpcdata.depth = depth
    if si.si_soft == SOFT_SERIAL:
        softq_push(QUEUE, i)
    else:
        softq_put(QUEUE, i)
    if si.si_soft != SOFT_CLOCK or depth >= DPC_DEPTH:
        spl_request(SOFT_FIRST)


@entry
def softint_run(s: IntrSource) -> None:
    """The frame of DISPATCH_LEVEL: KiRetireDpcList."""
    old = mask_enter(s.is_level)
    depth = ci.idepth
    ci.idepth = depth + 1
    while sq.after[QUEUE] != 0:
        dpc_lock()
        node = sq.after[QUEUE]
        softq_remove(QUEUE, node)
        dpcs.queued[node - SOFTS] = 0
        if DPC_DEPTH != 0:
            dpcdata.depth -= 1
        dpc_unlock()
        if DPC_WATCHDOG != 0:
            dpcdata.single = 0
            dpcdata.busy = 1
        intr_enable()
        dpc_call(softints.softint[node - SOFTS], s.is_level)
        intr_disable()
        if DPC_WATCHDOG != 0:
            dpcdata.busy = 0
    ci.idepth = depth
    intr_leave(old)


@inline
def dpc_call(si: Softint, level: int) -> None:
    """Make a call, and check what it leaves behind."""
    l = ci.curlwp
    if si.si_dev != NODEV:
        mark(MARK_START, si.si_dev, 0)
    splfloor_enter(l, level)
    si.si_func(si.si_arg)
    splfloor_exit(l, level)
    assert spl_level() == level, "softint returned at another level"
    assert ci.mtx_count == 0, "softint left a spin mutex held"
    if si.si_autodone != 0:
        mark(MARK_DONE, si.si_dev, 0)


@inline
def watchdog_tick() -> None:
    """KeUpdateRunTime, as far as it is about calls. At IPL_CLOCK."""
    if DPC_WATCHDOG != 0:
        dpc_watch()
    if DPC_DEPTH != 0 and dpcdata.depth != 0:
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


@invariant()
def dpc_always() -> bool:
    """1, 3, of this CPU, while nobody has the lock of its queue: what is on it counts as queued, and is counted."""
    holds = True
    depth = 0
    node = sq.after[QUEUE]
    while node != 0:
        holds = holds and dpcs.queued[node - SOFTS] != 0
        depth += 1
        node = sq.after[node]
    counted = DPC_DEPTH == 0 or depth == dpcdata.depth
    return on_cpu(dpccpu, cpu_number()).lock != 0 or (holds and counted)
