"""Line protocol: end of interrupt when the handlers have run, and the state of the line under a lock of its own.

What
----
Between the interrupt and its end the line is in progress (`busy`), which is noted at the beginning and undone at the
end, each time under the lock of the line's descriptor. The handlers are called without it. The controller counts the
interrupt as in service until it is told otherwise, and meanwhile does not deliver the line again.

Why
---
Whoever else has to do with a line, a thread that shuts it or waits for its handlers, is on any CPU, and needs to know
what the interrupt is at. Every interrupt pays two locked operations for those who hardly ever come.

The race
--------
A level-triggered line whose device was not quieted comes back with the end of interrupt. The line is no longer in
progress by then: that was undone first.

    cpu0
    nic arrives
    nic arrives
    interrupt nic
    cas irqs.of[0].lock := 1
    irqs.of[0].busy := 1
    irqs.of[0].lock := 0
    nic_intr                    -- takes one of the two
    cas irqs.of[0].lock := 1
    irqs.of[0].busy := 0
    pic_eoi(nic)
    irqs.of[0].lock := 0
    interrupt nic               -- still asserted
    irqs.of[0].busy := 1

Invariants
----------
1. A line that interrupts is not in progress.
2. The lock of a descriptor is let go before handlers run, and before the interrupt is over.

Sources
-------
Linux kernel/irq/chip.c @01581a21 (6.x): handle_fasteoi_irq; kernel/irq/handle.c: handle_irq_event.

Left out
--------
Edges have a flow of their own there (handle_edge_irq), which acknowledges first, and takes the lock as often. Lines
that are a CPU's own take none (handle_percpu_irq): here they do.
"""

from __future__ import annotations

from splx.kernel.interface.axes import intr_direct
from splx.kernel.interface.levels import NIRQ
from splx.kernel.interface.lines import IntrSource
from splx.lang.kernel import Array, Struct, array, atomic, embedded, inline, spin_while, u8
from splx.machine.intrinsics import cas, pic_eoi

__account__ = "line"


class IrqState(Struct):
    """What irq_desc says of a line whose handlers no thread runs."""

    lock: u8 = atomic()
    busy: u8  # IRQD_IRQ_INPROGRESS; written under the lock


class IrqStates(Struct):
    """By irq."""

    of: Array[IrqState] = embedded(array(NIRQ))


irqs = IrqStates()


@inline
def flow_leave(s: IntrSource) -> None:
    """Nothing: the end of the interrupt is for whoever has the lock."""


@inline
def handle_irq(s: IntrSource, old: int) -> None:
    """generic_handle_irq."""
    handle_fasteoi_irq(s, irqs.of[s.is_irq], old)


@inline
def irq_lock(d: IrqState) -> None:
    """The lock of a descriptor. Interrupts off."""
    while not cas(d.lock, 0, 1):
        spin_while(d.lock != 0)


def handle_fasteoi_irq(s: IntrSource, d: IrqState, old: int) -> None:
    """The line is in service, and in progress; its handlers; neither any more. Interrupts off."""
    irq_lock(d)
    assert d.busy == 0, "a line interrupts that is in progress"
    d.busy = 1
    d.lock = 0
    intr_direct(s, old)
    irq_lock(d)
    d.busy = 0
    pic_eoi(s.is_irq)
    d.lock = 0
