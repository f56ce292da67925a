"""Line protocol: end of interrupt when the handlers have run, and the state of the line under a lock of its own.

What
----
Between the interrupt and its end the line is in progress (`busy`), which is noted at the beginning and undone at the
end, each time under the lock of the line's descriptor. The handlers are called without it. The controller counts the
interrupt as in service until it is told otherwise, and meanwhile does not deliver the line again.

An edge, if it is sent to another CPU meanwhile (`interrupt_distribute`), is delivered there though its handlers are in
progress. That CPU does not run them; what it does instead is the choice of EDGE_FLOW:

    EDGE_RESEND  handle_fasteoi_irq: note that it came, end the interrupt, and leave. The first CPU, when it is through,
                 has the controller deliver it again, and that goes to the new CPU.
    EDGE_PEND    handle_edge_irq: the same, but the line is masked, and the first CPU runs the handlers again itself, as
                 often as it finds something noted; each time it opens the line before it does.
    EDGE_WAIT    handle_edge_irq since 2025: wait, with interrupts off, until the first CPU is through.

A level-triggered line has one of two flows, by what its controller wants (LEVEL_MASKS). With handle_fasteoi_irq the
controller keeps it away until it is told of the end. With handle_level_irq it is masked and acknowledged at once, as an
8259 has it, or the I/O APIC in the kernels that told it so, and opened when its handlers have run, unless somebody
has disabled it meanwhile: then it is opened by whoever enables it. That costs two accesses more, and no locked one.

Why
---
Whoever else has to do with a line, a thread that shuts it or waits for its handlers, is on any CPU, and needs to know
what the interrupt is at. Every interrupt pays two locked operations for those who hardly ever come.

In return a driver need not know that its line can move: no two CPUs ever run its handlers. What each choice costs is
seen at its edges. EDGE_PEND can keep the first CPU for ever, if the line fires faster than its handler runs (E7).
EDGE_WAIT cannot, but waits for ever if the handler waits for something that only the new CPU does (A7). EDGE_RESEND
does neither, and needs a controller that delivers again what software asks for.

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

A line moves. The handler has looked at its card, and is about to return when the card has something more to say. It
says it to the CPU where the line goes now:

    cpu0                                cpu1
    card arrives
    interrupt card
    handle_fasteoi_irq
    irqs.of[0].busy := 1
    card_intr
                                        interrupt_distribute
                                        pic_route(card, 1)
                                        card arrives
                                        interrupt card
                                        handle_fasteoi_irq
                                        reads irqs.of[0].busy: 1
                                        istates.of[0].pending := 1
                                        pic_eoi(card)
                                        handle_fasteoi_irq returns
    card_intr returns
    irqs.of[0].busy := 0
    pic_eoi(card)
    pic_retrigger(card)
    handle_fasteoi_irq returns  -- and with it the lock is free
                                        interrupt card
                                        card_intr

Without the word `pending`, as before Linux 9c15eeb5362c, nobody looks again.

Invariants
----------
1. A line that interrupts is not in progress, unless lines move.
2. The lock of a descriptor is let go before handlers run, and before the interrupt is over.
3. What came while handlers were in progress is noted only as long as they are, or the lock of the line is held; or the
   line is disabled (irq_manage).
4. That a line is masked is noted only while something else is, or while it is disabled.
5. A line that was masked for its handlers is open when they have run, unless it is disabled.

Sources
-------
Linux kernel/irq/chip.c @01581a21 (6.x): handle_fasteoi_irq, handle_level_irq, cond_unmask_irq, handle_edge_irq,
irq_can_handle_pm, irq_wait_on_inprogress; kernel/irq/handle.c: handle_irq_event; kernel/irq/resend.c: check_irq_resend.
9c15eeb5362c and 8f4b589595d0 (2023) have fasteoi note and resend, for the LPIs of a GIC; 8d39d6ec4db5 (2025) has edges
wait.

Left out
--------
Edges that do not move have the flow of levels here, not handle_edge_irq, which acknowledges first, and takes the lock
as often. Lines that are a CPU's own take no lock (handle_percpu_irq): here they do. The vectors of x86, of which one is
left behind on the old CPU until that has taken what was under way to it. That a line may be moved only in its own
interrupt, where the controller cannot bear it elsewhere.
"""

from __future__ import annotations

from splx.kernel.interface.axes import intr_direct
from splx.kernel.interface.irqs import IrqState, IState, check_irq_resend, irq_lock, irq_shut, irqs, istates
from splx.kernel.interface.levels import EDGE_FLOW, EDGE_RESEND, EDGE_WAIT, IRQ_DISABLES, IRQ_MOVES, LEVEL_MASKS
from splx.kernel.interface.lines import IntrSource
from splx.lang.kernel import inline, invariant, spin_while
from splx.machine.intrinsics import pic_eoi, pic_mask, pic_unmask

__account__ = "line"


@inline
def flow_leave(s: IntrSource) -> None:
    """Nothing: the end of the interrupt is for whoever has the lock."""


@inline
def handle_irq(s: IntrSource, old: int) -> None:
    """generic_handle_irq: by the flow of the line."""
    if IRQ_MOVES != 0 and EDGE_FLOW != EDGE_RESEND and s.is_trigger == 0:
        handle_edge_irq(s, irqs.of[s.is_irq], istates.of[s.is_irq], old)
    elif LEVEL_MASKS != 0 and s.is_trigger != 0:
        handle_level_irq(s, irqs.of[s.is_irq], istates.of[s.is_irq], old)
    else:
        handle_fasteoi_irq(s, irqs.of[s.is_irq], old)


def handle_fasteoi_irq(s: IntrSource, d: IrqState, old: int) -> None:
    """The line is in service, and in progress; its handlers; neither any more. Interrupts off."""
    irq_lock(d)
    if IRQ_MOVES != 0 and d.busy != 0:
        istates.of[s.is_irq].pending = 1
        pic_eoi(s.is_irq)
        d.lock = 0
        return
    if IRQ_DISABLES != 0 and irq_shut(s):
        d.lock = 0
        return
    assert d.busy == 0, "a line interrupts that is in progress"
    d.busy = 1
    d.lock = 0
    intr_direct(s, old)
    irq_lock(d)
    d.busy = 0
    pic_eoi(s.is_irq)
    if IRQ_MOVES != 0:
        check_irq_resend(s.is_irq, istates.of[s.is_irq])
    d.lock = 0


def handle_level_irq(s: IntrSource, d: IrqState, i: IState, old: int) -> None:
    """mask_ack_irq, and the line is in progress; its handlers; cond_unmask_irq. Interrupts off."""
    irq_lock(d)
    if IRQ_DISABLES != 0 and irq_shut(s):
        d.lock = 0
        return
    assert d.busy == 0, "a line interrupts that is in progress"
    pic_mask(s.is_irq)
    pic_eoi(s.is_irq)
    d.busy = 1
    d.lock = 0
    intr_direct(s, old)
    irq_lock(d)
    d.busy = 0
    if i.depth == 0:
        pic_unmask(s.is_irq)
    else:
        i.masked = 1
    d.lock = 0


def handle_edge_irq(s: IntrSource, d: IrqState, i: IState, old: int) -> None:
    """An edge is acknowledged first, so that the next one is not missed. Interrupts off."""
    irq_lock(d)
    if EDGE_FLOW == EDGE_WAIT:
        irq_wait_on_inprogress(d)
    if d.busy != 0:
        i.pending = 1
        i.masked = 1
        pic_mask(s.is_irq)
        pic_eoi(s.is_irq)
        d.lock = 0
        return
    if IRQ_DISABLES != 0 and irq_shut(s):
        d.lock = 0
        return
    pic_eoi(s.is_irq)
    again = True
    while again:
        if i.masked != 0:
            i.masked = 0
            pic_unmask(s.is_irq)
        i.pending = 0
        d.busy = 1
        d.lock = 0
        intr_direct(s, old)
        irq_lock(d)
        d.busy = 0
        again = i.pending != 0 and (IRQ_DISABLES == 0 or i.depth == 0)
    d.lock = 0


@inline
def irq_desc_lock(irq: int) -> None:
    """raw_spin_lock of the descriptor."""
    irq_lock(irqs.of[irq])


@inline
def irq_desc_unlock(irq: int) -> None:
    """raw_spin_unlock."""
    irqs.of[irq].lock = 0


@inline
def synchronize_irq(irq: int) -> None:
    """synchronize_hardirq: nothing else runs here."""
    spin_while(irqs.of[irq].busy != 0)


@inline
def irq_threaded(irq: int) -> bool:
    """Never."""
    return irq < 0


@inline
def irq_wait_on_inprogress(d: IrqState) -> None:
    """Wait until the other CPU is through. Called and returns with the lock."""
    while d.busy != 0:
        d.lock = 0
        spin_while(d.busy != 0)
        irq_lock(d)


@invariant()
def irq_always(s: IntrSource) -> bool:
    """3, 4."""
    if IRQ_MOVES == 0 or s.is_irq < 0 or irq_threaded(s.is_irq):
        return True
    d = irqs.of[s.is_irq]
    i = istates.of[s.is_irq]
    if IRQ_DISABLES != 0 and i.depth != 0:
        return True
    return d.lock != 0 or (i.pending <= d.busy and i.masked <= i.pending)
