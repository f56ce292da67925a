"""DPCs for another CPU: a call is put on the queue of the CPU that it is for, which an urgent one alone interrupts.

What
----
`softint_schedule_cpu` (KeSetTargetProcessorDpc, and KeInsertQueueDpc) puts a call on the queue of the CPU that the
driver names. That CPU is sent an interrupt if the call is of high importance, or if so many are on the queue by then,
and if it has not been sent one before and is not at its queue anyway. Any other call waits there for the next one that
is urgent, for one that the CPU queues itself, or for its next tick.

Why
---
Work is done where its data is at hand, or where a device's other work is done, so it needs no lock against it. An
interrupt from one CPU to another is dear for both, and stops whatever the other does: few calls are worth it.

The race
--------
A CPU that is at its queue is not interrupted. It says that it is not after it has found the queue empty; what comes
between the two finds it at the queue still:

    without the second look:
    cpu0                                cpu1
                                        interrupt disk
                                        softint_schedule(local)
                                        softint_schedule returns
                                        local
                                        local returns
                                        reads dpcq.of[1].depth: 0
    softint_schedule_cpu(urgent, 1)
    dpcq.of[1].depth := 1
    reads dpcq.of[1].active: 1          -- it is told nothing
    softint_schedule_cpu returns
                                        dpcq.of[1].active := 0
                                        intr_leave
                                        dpcq.of[1].depth is 1           -- and nobody looks

So it looks again after that. Each of the two writes a word and then reads the other's, so each has a fence between the
two: what it has written must be seen before it reads.

Invariants
----------
1. With interrupts on, a CPU on whose queue a call of high importance is has been asked to look, or is at it.

Sources
-------
ReactOS ntoskrnl/ke/dpc.c @06b28abb (KeInsertQueueDpc, KeSetTargetProcessorDpc, KiRetireDpcList), a reimplementation of
Windows NT, which has the rule and, built for one processor so far, neither fence. Windows driver documentation:
KeSetTargetProcessorDpc, KeSetImportanceDpc.

Left out
--------
MediumHighImportance, of Windows Vista, which interrupts as high importance does and goes to the end of the queue. That
an idle CPU which does not sleep is not interrupted, since it looks at its queue: here an idle CPU sleeps, and looks at
its queue at the next tick or interrupt. That the target belongs to the call, and stays: here it is said each time.
"""

from __future__ import annotations

from splx.kernel.interface.axes import (
    intr_leave,
    ipi_resched,
    let_in,
    mask_enter,
    softint_schedule,
    spl_request,
    splraise,
    splx,
)
from splx.kernel.interface.dpcs import DpcQueue, dpc_counted, dpc_lock, dpc_most, dpc_put, dpc_unlock, dpcq, dpcs
from splx.kernel.interface.levels import DPC_LEVELS, DPC_TARGETS, IPL_HIGH, NCPU, SOFT_FIRST, SOFT_SERIAL, VEC_POKE
from splx.kernel.interface.lines import IntrSource, Softint
from splx.lang.kernel import NULL, entry, inline, invariant
from splx.machine.intrinsics import cas, cpu_number, fence, intr_disable, send_ipi

__account__ = "intr"


def softint_schedule_cpu(si: Softint, cpu: int) -> None:
    """KeInsertQueueDpc, of a call whose target is `cpu`."""
    assert 0 <= cpu < NCPU, "there is no such CPU"
    s = splraise(IPL_HIGH)
    if cpu == cpu_number():
        softint_schedule(si)
    elif dpc_send(dpcq.of[cpu], si, cpu):
        send_ipi(cpu, VEC_POKE)
    splx(s)


def dpc_send(q: DpcQueue, si: Softint, cpu: int) -> bool:
    """Put `si` on the queue of another CPU; whether that is to be interrupted."""
    asks = False
    dpc_lock(q)
    if cas(dpcs.queued[si.si_index], 0, 1):
        dpc_put(q, si)
        dpc_counted(cpu)
        fence()
        asks = q.active == 0 and q.requested == 0 and (dpc_high(si) or q.depth >= dpc_most(cpu))
        if asks:
            q.requested = 1
    dpc_unlock(q)
    return asks


@inline
def dpc_high(si: Softint) -> bool:
    """Whether it is of high importance."""
    return DPC_LEVELS != 0 and si.si_soft == SOFT_SERIAL


@entry
def ipi_run(s: IntrSource) -> None:
    """The frame of a poke from another CPU: IPI_DPC, or that somebody is to run here."""
    old = mask_enter(s.is_level)
    let_in()
    ipi_resched()
    if DPC_TARGETS != 0 and dpcq.of[cpu_number()].requested != 0:
        spl_request(SOFT_FIRST)
    intr_disable()
    intr_leave(old)


@invariant(admitting=True)
def dpc_told() -> bool:
    """1, of this CPU, while nobody has the lock of its queue."""
    q = dpcq.of[cpu_number()]
    urgent = False
    si = q.head
    while si is not NULL:
        urgent = urgent or dpc_high(si)
        si = si.si_next
    return q.lock != 0 or not urgent or q.requested != 0 or q.active != 0
