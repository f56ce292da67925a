"""DPCs, counted: while calls are seldom each is worth an interrupt, and how many are too many is found out.

What
----
Each tick a CPU reckons how many calls were queued on it lately: half of the rate before and half of those since the
last tick. While that is less than DPC_RATE, one of low importance asks for an interrupt as any other does.

A tick that finds calls on the queue, and nobody at it, makes the depth from which even a low call asks for an interrupt
one less, down to 1, if the rate is below DPC_IDEAL. After DPC_ADJUST ticks with no such find it is one more, up to
DPC_DEPTH.

Why
---
To put a call off saves an interrupt only if another call comes and has its own. Where few come, the call would wait for
the tick, and nothing is saved by it. Where many come, but not so many that the queue is ever deep, the depth was too
great.

The race
--------
Another CPU may queue a call here while the tick reckons, which takes no lock. The count only grows, and what is counted
after the tick has read it belongs to the next tick:

    cpu0                                cpu1
    interrupt clock
    reads counts.count[0]: 0
                                        softint_schedule_cpu(urgent, 0)
                                        counts.count[0] := 1
                                        softint_schedule_cpu returns
    rates.rate := 0
    rates.last := 0
    counts.count[0] is 1                -- for the next tick

Were it set to zero by the tick, that call would be in no count.

Invariants
----------
1. The depth is between 1 and DPC_DEPTH.

Sources
-------
ReactOS ntoskrnl/ke/time.c @07b314c1 (KeUpdateRunTime) and ke/dpc.c @06b28abb (KeInsertQueueDpc; KiMinimumDpcRate 3,
KiIdealDpcRate 20, KiAdjustDpcThreshold 20, KiMaximumDpcQueueDepth 4), a reimplementation of Windows NT.

Left out
--------
A depth and a rate of a CPU's own: KPRCB holds MaximumDpcQueueDepth and MinimumDpcRate, and both begin as said here.
"""

from __future__ import annotations

from splx.kernel.interface.dpcs import dpcq
from splx.kernel.interface.levels import DPC_ADJUST, DPC_DEPTH, DPC_IDEAL, DPC_RATE, NCPU
from splx.lang.kernel import Array, PerCpu, Struct, array, atomic, i64, inline, invariant, u8
from splx.machine.intrinsics import cpu_number

__account__ = "intr"


class DpcCounts(Struct):
    """KPRCB, by CPU: what others look at."""

    count: Array[i64] = array(NCPU, atomic())  # DpcCount, under the lock of the queue
    less: Array[u8] = array(NCPU, atomic())  # MaximumDpcQueueDepth, as DPC_DEPTH less this. Its CPU, at IPL_CLOCK


class DpcRates(PerCpu):
    """KPRCB. This CPU alone, at IPL_CLOCK; who queues a call here looks at the rate."""

    last: i64  # DpcLastCount
    rate: i64  # DpcRequestRate
    calm: u8  # ticks since one has found calls on the queue, or the depth was made more


counts = DpcCounts()
rates = DpcRates()


@inline
def dpc_most(cpu: int) -> int:
    """MaximumDpcQueueDepth."""
    return DPC_DEPTH - counts.less[cpu]


@inline
def dpc_seldom() -> bool:
    """Whether DpcRequestRate is below MinimumDpcRate."""
    return rates.rate < DPC_RATE


@inline
def dpc_counted(cpu: int) -> None:
    """A call more."""
    counts.count[cpu] = counts.count[cpu] + 1


def dpc_rated() -> None:
    """KeUpdateRunTime: the rate, and then the depth."""
    cpu = cpu_number()
    count = counts.count[cpu]
    rates.rate = (count - rates.last + rates.rate) >> 1
    rates.last = count
    q = dpcq.of[cpu]
    if q.depth != 0 and q.active == 0:
        rates.calm = 0
        if rates.rate < DPC_IDEAL and counts.less[cpu] < DPC_DEPTH - 1:
            counts.less[cpu] = counts.less[cpu] + 1
    else:
        dpc_calm(cpu)


@inline
def dpc_calm(cpu: int) -> None:
    """A tick that has found nothing left."""
    calm = rates.calm + 1
    if calm == DPC_ADJUST:
        calm = 0
        if counts.less[cpu] != 0:
            counts.less[cpu] = counts.less[cpu] - 1
    rates.calm = calm


@invariant()
def dpc_depths() -> bool:
    """1, of this CPU."""
    return counts.less[cpu_number()] < DPC_DEPTH
