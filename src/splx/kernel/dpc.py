"""DPCs: deferred procedure calls, a queue for each CPU, emptied at DISPATCH_LEVEL on whatever was interrupted.

What
----
`softint_schedule` (KeInsertQueueDpc) puts a handler at the end of the queue of the CPU where it is called, unless it is
on a queue already, of whatever CPU, and asks for DISPATCH_LEVEL. When the CPU's level falls below that, it runs what is
queued, first come first served, each with interrupts on, until the queue is empty. All soft levels are this one.

Why
---
A service routine at the level of its device keeps that level and all below away, so what can wait is done at a level
that keeps only threads away. No thread is needed for it and nothing can be preempted by it but threads, so data
that DPCs and threads share is protected by a spin lock that raises to DISPATCH_LEVEL. There is no quota: a source of
interrupts that goes on queueing leaves no time for threads, and all that the system does about that is to notice.

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

Sources
-------
ReactOS ntoskrnl/ke/dpc.c @06b28abb (KeInsertQueueDpc, KiRetireDpcList), a reimplementation of Windows NT: a model of
it, not the thing. Windows driver documentation: Introduction to DPC Objects, Organization of DPC Queues; bug check
0x133.

Left out
--------
Importance, by which a call goes to the head of the queue or waits until enough are there; calls for another CPU, for
whose sake the queue has a lock; threaded DPCs. Timers, which expire in the same loop. The watchdog of bug check 0x133.
A stack of their own.
"""

from __future__ import annotations

from splx.kernel.interface.axes import intr_leave, mask_enter, spl_level, spl_request, splraise, splx
from splx.kernel.interface.levels import IPL_HIGH, MARK_DONE, MARK_START, NODEV, SOFT_FIRST, SOFTS
from splx.kernel.interface.lines import MAXSOFTINTS, IntrSource, Softint, softints
from splx.kernel.interface.lwp import ci, splfloor_enter, splfloor_exit
from splx.kernel.interface.softq import softq_put, softq_remove, sq
from splx.lang.kernel import Array, PerCpu, Struct, array, atomic, entry, i64, inline, invariant, on_cpu, spin_while, u8
from splx.machine.intrinsics import cas, cpu_number, intr_disable, intr_enable, mark

__account__ = "intr"

QUEUE = 0  # of the queues that a CPU has, the one that is used


class DpcTable(Struct):
    """KDPC.DpcData: whether a call is queued, by si_index."""

    queued: Array[u8] = array(MAXSOFTINTS, atomic())


class DpcCpu(PerCpu):
    """The lock of a CPU's queue. At IPL_HIGH."""

    lock: i64 = atomic()


dpcs = DpcTable()
dpccpu = DpcCpu()


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
        softq_put(QUEUE, i)
        spl_request(SOFT_FIRST)
    dpc_unlock()
    splx(s)


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
        dpc_unlock()
        intr_enable()
        dpc_call(softints.softint[node - SOFTS], s.is_level)
        intr_disable()
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


@invariant()
def dpc_always() -> bool:
    """1, of this CPU, while nobody has the lock of its queue: what is on it counts as queued."""
    holds = True
    node = sq.after[QUEUE]
    while node != 0:
        holds = holds and dpcs.queued[node - SOFTS] != 0
        node = sq.after[node]
    return on_cpu(dpccpu, cpu_number()).lock != 0 or holds
