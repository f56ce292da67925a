"""Linux: what the descriptor of a line says, and its lock; where threads run the handlers of the line, IrqDesc of
`lines` says the rest.

What the builder of a system fills, where there are such threads and lines are disabled:

    irqthreads.of[irq]        of each line with threads, its lock and condition variable
"""

from __future__ import annotations

from splx.kernel.interface.levels import NIRQ
from splx.kernel.interface.lines import IntrSource
from splx.kernel.interface.locks import Mutex
from splx.kernel.interface.sync import KCondvar
from splx.lang.kernel import Array, Struct, array, atomic, embedded, inline, slot, spin_while, u8
from splx.machine.intrinsics import cas, pic_retrigger


class IrqState(Struct):
    """What irq_desc says of every line."""

    lock: u8 = atomic()
    busy: u8 = atomic()  # IRQD_IRQ_INPROGRESS; written under the lock, and waited for without


class IrqStates(Struct):
    """By irq."""

    of: Array[IrqState] = embedded(array(NIRQ))


class IState(Struct):
    """What else it says where lines move or are disabled. Under the lock."""

    pending: u8  # IRQS_PENDING: it came meanwhile
    masked: u8  # IRQD_IRQ_MASKED, by the flow
    depth: u8  # so often disabled: IRQD_IRQ_DISABLED


class IStates(Struct):
    """By irq."""

    of: Array[IState] = embedded(array(NIRQ))


class IrqThreads(Struct):
    """What it says of the threads of its handlers, where lines are disabled."""

    # set when built
    t_lock: Mutex
    t_cv: KCondvar  # wait_for_threads
    # atomic: any CPU
    t_active: u8 = atomic()  # threads_active: asked for, or at work
    t_waiters: u8 = atomic()  # who waits until none is


class IrqThreadTable(Struct):
    """By irq."""

    of: Array[IrqThreads] = array(NIRQ)


irqs = IrqStates()
irqthreads = IrqThreadTable()
istates = IStates()


@inline
def irq_lock(d: IrqState) -> None:
    """The lock of a descriptor. Interrupts off."""
    while not cas(d.lock, 0, 1):
        spin_while(d.lock != 0)


@inline
def check_irq_resend(irq: int, i: IState) -> None:
    """What came meanwhile comes again; a level says itself what there is. With the lock."""
    if i.pending != 0:
        i.pending = 0
        pic_retrigger(irq)


# ---- what flows and those who disable a line ask of one another


@slot
def irq_desc_lock(irq: int) -> None:
    """Take the lock of the descriptor of a line. Interrupts off."""


@slot
def irq_desc_unlock(irq: int) -> None:
    """Let it go."""


@slot
def synchronize_irq(irq: int) -> None:
    """Wait until no handler of a line runs that had begun before the call, nor its thread. A thread without locks."""


@slot
def irq_threaded(irq: int) -> bool:
    """Whether threads run the handlers of a line. For invariants only."""


@slot
def irq_shut(s: IntrSource) -> bool:
    """In the flow of a line, with the lock of its descriptor: whether it is disabled, and has been quieted."""
