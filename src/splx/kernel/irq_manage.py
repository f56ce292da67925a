"""disable_irq: a line is shut by a word, and masked only if it interrupts nevertheless.

What
----
`disable_irq` counts in the line's descriptor how often it has been called (`depth`), and waits for handlers that run on
another CPU, or in threads. The controller is not told. If the line interrupts while it is disabled the flow notes that
(`pending`), masks it, and does not run its handlers. The last `enable_irq` opens what was masked; a level that is
asserted still interrupts by itself, and an edge that was noted is delivered again.

Why
---
Drivers disable a line for a moment, and mostly nothing comes in it: then a word was written twice, where two accesses
to a controller would have been. What does come costs one interrupt more, and is not lost, though an edge that comes
to a masked input may be. It is what deferred SPL does for a level, for one line.

The race
--------
Whoever enables the line looks whether it was masked, and who has seen it disabled is about to mask it. Both do so
under the lock of the descriptor:

    without the lock in enable_irq:
    cpu0                                cpu1
                                        disable_irq
                                        istates.of[0].depth := 1
                                        disable_irq returns
    card arrives
    interrupt card
    reads istates.of[0].depth: 1
                                        enable_irq
                                        istates.of[0].depth := 0
                                        reads istates.of[0].masked: 0
                                        enable_irq returns
    istates.of[0].masked := 1
    pic_mask(card)
    pic_eoi(card)
    istates.of[0].masked is 1   -- and nobody looks again

Invariants
----------
1. A line is masked by its flow only while it is disabled, or in progress.
2. From the end of `disable_irq` until as many `enable_irq` no handler of the line runs.

Sources
-------
Linux kernel/irq/manage.c (6.x): __disable_irq, __enable_irq, synchronize_irq, and the might_sleep in disable_irq
(17549b0f184d, 2022); kernel/irq/chip.c: irq_disable, irq_enable, handle_fasteoi_irq; kernel/irq/resend.c:
check_irq_resend.

Left out
--------
Chips that are told at once (IRQ_DISABLE_UNLAZY). Warnings of enabling once too often: here that stops the run.
"""

from __future__ import annotations

from splx.kernel.interface.axes import spl_irq_restore, spl_irq_save
from splx.kernel.interface.irqs import (
    check_irq_resend,
    irq_desc_lock,
    irq_desc_unlock,
    irq_threaded,
    irqs,
    istates,
    synchronize_irq,
)
from splx.kernel.interface.levels import IPL_HIGH
from splx.kernel.interface.lines import IntrSource, intr
from splx.kernel.interface.sync import assert_sleepable
from splx.lang.kernel import Handle, inline, invariant, number_of
from splx.machine.intrinsics import pic_eoi, pic_mask, pic_unmask

__account__ = "line"


def disable_irq_nosync(device: Handle) -> None:
    """Once more. What runs goes on."""
    irq = intr.line[number_of(device)].is_irq
    s = spl_irq_save(IPL_HIGH)
    irq_desc_lock(irq)
    istates.of[irq].depth += 1
    irq_desc_unlock(irq)
    spl_irq_restore(s)


def disable_irq(device: Handle) -> None:
    """Once more, and synchronize_irq. Whoever calls it may sleep: a handler of the line itself would wait for its own
    end, and who holds a spin mutex for a thread that wants it.
    """
    assert_sleepable()
    disable_irq_nosync(device)
    synchronize_irq(intr.line[number_of(device)].is_irq)


def enable_irq(device: Handle) -> None:
    """Once less; the last one opens the line, and has what came meanwhile delivered."""
    irq = intr.line[number_of(device)].is_irq
    i = istates.of[irq]
    s = spl_irq_save(IPL_HIGH)
    irq_desc_lock(irq)
    assert i.depth != 0, "unbalanced enable_irq"
    i.depth -= 1
    if i.depth == 0:
        if i.masked != 0:
            i.masked = 0
            pic_unmask(irq)
        check_irq_resend(irq, i)
    irq_desc_unlock(irq)
    spl_irq_restore(s)


@inline
def irq_shut(s: IntrSource) -> bool:
    """In the flow of a line, with its lock: if it is disabled note that it came, and mask it; whether that is so."""
    i = istates.of[s.is_irq]
    if i.depth == 0:
        return False
    i.pending = 1
    i.masked = 1
    pic_mask(s.is_irq)
    pic_eoi(s.is_irq)
    return True


@invariant()
def irq_shut_always(s: IntrSource) -> bool:
    """1, of a line without threads (see irq_thread)."""
    if s.is_irq < 0 or irq_threaded(s.is_irq):
        return True
    d = irqs.of[s.is_irq]
    i = istates.of[s.is_irq]
    return d.lock != 0 or i.masked == 0 or i.depth != 0 or d.busy != 0
