"""note_interrupt: a line whose interrupts are nobody's is shut, and stays so.

What
----
Every handler says whether it was its device. A pass through all handlers of a line in which none says so is counted.
Of IRQ_DEBUG_COUNT interrupts of a line more than IRQ_DEBUG_UNHANDLED may not have been nobody's: then the line is
masked ("nobody cared"), and whatever still comes by it is lost. Both counts begin anew after that many interrupts.

Why
---
A level line that nobody drives, or that the wrong handlers listen to, asserts again as soon as it is open: its CPU
does nothing else for ever (E3). That a device no longer interrupts is the lesser evil, and it is written in the log.
The rate of interrupts that *are* somebody's is not limited: that is for the driver to do.

The race
--------
None: the counts are those of a line, whose handlers run on one CPU, interrupts off, also if it moves (irq_chip). With
three interrupts to a count, of which two may be nobody's:

    cpu0
    interrupt card
    card_intr
    intr_stray
    interrupt card              -- it asserts still
    card_intr
    intr_stray
    interrupt card
    card_intr
    intr_stray
    pic_mask(card)              -- nobody cared
    waits for ever

Invariants
----------
1. The counts of a line are below IRQ_DEBUG_COUNT, and no more interrupts were nobody's than there were.

Sources
-------
Linux kernel/irq/spurious.c: note_interrupt, __report_bad_irq.

Left out
--------
Polling the line ten times a second once it is shut (poll_spurious_irqs), `irqfixup` and `irqpoll`, which try the
handlers of other lines. That the count of what is nobody's begins anew if the last such interrupt is more than a
tenth of a second ago. The verdict of threaded handlers.
"""

from __future__ import annotations

from splx.kernel.interface.axes import handler_call
from splx.kernel.interface.irqs import irq_desc_lock, irq_desc_unlock, istates
from splx.kernel.interface.levels import IRQ_DEBUG_COUNT, IRQ_DEBUG_UNHANDLED, LEVEL_MASKS, NIRQ
from splx.kernel.interface.lines import IntrSource
from splx.lang.kernel import NULL, Array, PerCpu, Struct, array, i8, i64, inline, invariant, stat
from splx.machine.intrinsics import pic_mask

__account__ = "intr"


class SpuriousTable(Struct):
    """Lines by irq. Each is its CPU's, interrupts off."""

    irq_count: Array[i64] = array(NIRQ)
    irqs_unhandled: Array[i64] = array(NIRQ)


class SpuriousCpu(PerCpu):
    """This CPU alone, interrupts off."""

    strays: i8  # within a pass: 1, and the handlers of it that said so


class SpuriousEvents(Struct):
    """What is written in the log."""

    nobody_cared: i64 = stat()  # lines that were shut


spurious = SpuriousTable()
spurious_cpu = SpuriousCpu()
spurious_ev = SpuriousEvents()


@inline
def intr_stray() -> None:
    """IRQ_NONE. A handler that is a thread is in no pass: what it says is not counted."""
    if spurious_cpu.strays != 0:
        spurious_cpu.strays += 1


@inline
def intr_chain(s: IntrSource, old: int) -> bool:
    """Run the handlers of `s`, and note whether it was anybody's. The CPU's flag was on: no level forbids any."""
    spurious_cpu.strays = 1
    called = 0
    ih = s.is_handlers
    while ih is not NULL:
        handler_call(ih, s.is_level)
        called += 1
        ih = ih.ih_next
    note_interrupt(s, spurious_cpu.strays > called)
    spurious_cpu.strays = 0
    return True


def note_interrupt(s: IntrSource, unhandled: bool) -> None:  # noqa: FBT001 - kernel code has no keyword arguments
    """Count an interrupt of `s`, and shut its line if too many were nobody's."""
    irq = s.is_irq
    none = spurious.irqs_unhandled[irq] + int(unhandled)
    count = spurious.irq_count[irq] + 1
    if count >= IRQ_DEBUG_COUNT:
        if none > IRQ_DEBUG_UNHANDLED:
            spurious_ev.nobody_cared += 1
            pic_mask(irq)
            if LEVEL_MASKS != 0:
                spurious_disable(irq)
        count = 0
        none = 0
    spurious.irq_count[irq] = count
    spurious.irqs_unhandled[irq] = none


@inline
def spurious_disable(irq: int) -> None:
    """The line is disabled once more, so that its flow does not open it."""
    irq_desc_lock(irq)
    istates.of[irq].depth += 1
    irq_desc_unlock(irq)


@invariant()
def spurious_always(s: IntrSource) -> bool:
    """1."""
    irq = s.is_irq
    if irq < 0:
        return True
    return spurious.irqs_unhandled[irq] <= spurious.irq_count[irq] and spurious.irq_count[irq] < IRQ_DEBUG_COUNT
