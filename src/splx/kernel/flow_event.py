"""Line protocol: by what runs. A line with a thread is masked until it has run; a line with a filter is only ended.

What
----
Nothing is done to a line before its filters have run. If that was all there is to do it is ended. If one of them, or a
handler without a filter, asks for the thread of the line, it is masked and ended, and opened by the thread.

Why
---
Masking is the price of a thread that the scheduler runs: nothing else would keep an asserted line from interrupting
until then. A filter does not pay it: when it returns its device is quiet.

The race
--------
Without the mask the interrupt thread never gets to run:

    cpu0
    interrupt nic
    pic_mask(nic)               -- flow_defer: pre_ithread
    pic_eoi(nic)
    switch_to(irq/nic)
    pic_unmask(nic)             -- flow_leave: post_ithread

Invariants
----------
1. A level-triggered line is masked from the interrupt that asks for its thread until its handlers have run.

Sources
-------
FreeBSD sys/kern/kern_intr.c and sys/x86/x86/intr_machdep.c: intr_event_handle, and the hooks pre_ithread,
post_ithread and post_filter (@013ea0bf, @00078538).

Left out
--------
Controllers that tell edges to wait as well.
"""

from __future__ import annotations

from splx.kernel.interface.lines import IntrSource
from splx.lang.kernel import inline
from splx.machine.intrinsics import pic_eoi, pic_mask, pic_unmask

__account__ = "line"


@inline
def flow_enter(s: IntrSource) -> None:
    """Nothing yet: the line is in service."""


@inline
def flow_defer(s: IntrSource) -> None:
    """pre_ithread: quiet a line whose handlers will run later."""
    if s.is_trigger != 0:
        pic_mask(s.is_irq)
    pic_eoi(s.is_irq)


@inline
def flow_done(s: IntrSource) -> None:
    """post_filter: end the interrupt."""
    pic_eoi(s.is_irq)


@inline
def flow_leave(s: IntrSource) -> None:
    """post_ithread: open the line."""
    if s.is_trigger != 0:
        pic_unmask(s.is_irq)
