"""Linux: what the descriptor of a line says, of a line whose handlers no thread runs, and its lock."""

from __future__ import annotations

from splx.kernel.interface.levels import NIRQ
from splx.lang.kernel import Array, Struct, array, atomic, embedded, inline, spin_while, u8
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


irqs = IrqStates()
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
