"""Line protocol: by what runs. A line with a thread is masked until it has run; a line with a filter is only ended.

What
----
A line whose handlers run in a thread is masked and ended at entry, and opened by the thread. A line whose handlers
run at once is ended when they have.

Why
---
Masking is the price of a thread that the scheduler runs: nothing else would keep an asserted line from interrupting
until then. A filter does not pay it: when it returns its device is quiet.

The race
--------
Without the mask the interrupt thread never gets to run:

    cpu0
    interrupt nic
    pic_mask(nic)               -- pre_ithread
    pic_eoi(nic)
    switch_to(irq/nic)
    pic_unmask(nic)             -- post_ithread

Invariants
----------
1. A level-triggered line with a thread is masked from its interrupt until its handlers have run.

Sources
-------
FreeBSD sys/kern/kern_intr.c and sys/x86/x86/intr_machdep.c: intr_event_handle, and the hooks pre_ithread,
post_ithread and post_filter (@013ea0bf, @00078538).

Left out
--------
Stray interrupts. A filter that, having looked, asks for the thread of its line.
"""

from __future__ import annotations

from splx.kernel.interface.levels import IPL_DIRECT
from splx.kernel.interface.lines import IntrSource
from splx.lang.kernel import inline
from splx.machine.intrinsics import pic_eoi, pic_mask, pic_unmask

__account__ = "line"


@inline
def flow_enter(s: IntrSource) -> None:
    """pre_ithread: quiet a line whose handlers will run later. Nothing for one whose handlers run now."""
    if s.is_level < IPL_DIRECT:
        if s.is_trigger != 0:
            pic_mask(s.is_irq)
        pic_eoi(s.is_irq)


@inline
def flow_leave(s: IntrSource) -> None:
    """post_ithread: open the line. post_filter: end the interrupt."""
    if s.is_level >= IPL_DIRECT:
        pic_eoi(s.is_irq)
    elif s.is_trigger != 0:
        pic_unmask(s.is_irq)
