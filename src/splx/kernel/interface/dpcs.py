"""DPCs: the queue of each CPU, its lock, and when a call on it is worth an interrupt."""

from __future__ import annotations

from splx.kernel.interface.levels import DPC_LEVELS, NCPU, SOFT_CLOCK, SOFT_SERIAL
from splx.kernel.interface.lines import MAXSOFTINTS, Softint
from splx.lang.kernel import NULL, Array, Struct, array, atomic, embedded, inline, slot, spin_while, u8
from splx.machine.intrinsics import cas


class DpcTable(Struct):
    """KDPC.DpcData: whether a call is queued, by si_index."""

    queued: Array[u8] = array(MAXSOFTINTS, atomic())


class DpcQueue(Struct):
    """KPRCB: the calls of a CPU, a list by `si_next`. All is written under the lock but what its CPU says of itself."""

    lock: u8 = atomic()  # at IPL_HIGH, or with interrupts off
    head: Softint
    tail: Softint
    depth: u8 = atomic()  # DpcQueueDepth; its CPU looks without the lock
    # its CPU clears it without the lock
    requested: u8 = atomic()  # DpcInterruptRequested: it has been asked to look
    # its CPU, interrupts off
    active: u8 = atomic()  # DpcRoutineActive: it is looking, and will look again


class DpcQueues(Struct):
    """By CPU."""

    of: Array[DpcQueue] = embedded(array(NCPU))


dpcs = DpcTable()
dpcq = DpcQueues()


@inline
def dpc_lock(q: DpcQueue) -> None:
    """Take the lock of a queue. At IPL_HIGH, or with interrupts off."""
    while not cas(q.lock, 0, 1):
        spin_while(q.lock != 0)


@inline
def dpc_unlock(q: DpcQueue) -> None:
    """Release it."""
    q.lock = 0


def dpc_put(q: DpcQueue, si: Softint) -> None:
    """`si` is on `q` from now on, where its importance says. With the lock."""
    if DPC_LEVELS != 0 and si.si_soft == SOFT_SERIAL:
        si.si_next = q.head
        q.head = si
        if si.si_next is NULL:
            q.tail = si
    else:
        if q.head is NULL:
            q.head = si
        else:
            q.tail.si_next = si
        q.tail = si
    q.depth = q.depth + 1


@inline
def dpc_low(si: Softint) -> bool:
    """Whether it is of low importance."""
    return DPC_LEVELS != 0 and si.si_soft == SOFT_CLOCK


@slot
def dpc_most(cpu: int) -> int:
    """MaximumDpcQueueDepth: of how many calls on the queue of `cpu` even a low one is worth an interrupt."""


@slot
def dpc_seldom() -> bool:
    """Whether so few calls are made on this CPU that each is worth an interrupt."""


@slot
def dpc_counted(cpu: int) -> None:
    """A call was put on the queue of `cpu`. With the lock."""


@slot
def dpc_rated() -> None:
    """A tick of this CPU. At IPL_CLOCK."""
