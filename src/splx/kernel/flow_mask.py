"""Line protocol: mask and end of interrupt at entry, unmask when the handlers have run.

What
----
A level-triggered line is masked in the controller as soon as it is accepted, and the controller told that the
interrupt is over. The line can then stay quiet for as long as its handlers take, on whatever context they run,
and comes back with the unmask. An edge-triggered line has nothing to keep quiet: its next edge is a new event.

Why
---
It is the only protocol under which handlers may run in a thread that blocks: nothing in the controller stays in
service, and no level has to be kept up. It is also Laight's objection to interrupt threads: two accesses to the
controller for each interrupt.

The race
--------
An interrupt thread that has blocked must not find the line open, and must be the one to open it:

    cpu0
    cas m.word := victim        -- mutex_enter
    interrupt nic
    pic_mask(nic)               -- flow_enter
    ithread_main
    mutex_enter(m)
    switch_to(NET/0)            -- blocks: the frame beneath goes on
    intr_leave                  -- and the line is masked still
    mutex_exit(m)               -- the victim
    switch_to(intr7/0)          -- the thread, through the scheduler
    pic_unmask(nic)             -- flow_leave

Invariants
----------
1. A level-triggered line is masked from `flow_enter`, `flow_hold` or `flow_keep` to the matching `flow_leave`
   or `flow_release`.
2. The controller holds nothing in service after `flow_enter` and `flow_hold`.

Sources
-------
NetBSD sys/arch/i386/i386/vector.S @00becfc5: the i8259 stub masks and ends at entry, the I/O APIC stub masks a
held level line; FreeBSD kern_intr.c, pre_ithread and post_ithread.

Left out
--------
The i8259's masking of edge-triggered inputs, where an edge that comes meanwhile is latched.
"""

from __future__ import annotations

from splx.kernel.interface.lines import IntrSource, line_held, line_hold
from splx.lang.kernel import inline
from splx.machine.intrinsics import pic_eoi, pic_mask, pic_unmask

__account__ = "line"


@inline
def flow_enter(s: IntrSource) -> None:
    """Quiet the line and end the interrupt."""
    if s.is_trigger != 0:
        pic_mask(s.is_irq)
    pic_eoi(s.is_irq)


@inline
def flow_leave(s: IntrSource) -> None:
    """Open the line. If it is still asserted it interrupts again at once."""
    if s.is_trigger != 0:
        pic_unmask(s.is_irq)


@inline
def flow_hold(s: IntrSource) -> None:
    """As at entry; the line stays quiet until it is replayed."""
    assert s.is_trigger == 0 or line_held(s) == 0, "a line that is held interrupts again"
    flow_enter(s)
    line_hold(s, 1)


@inline
def flow_keep(s: IntrSource) -> None:
    """The line is quiet already."""
    line_hold(s, 1)


@inline
def flow_release(s: IntrSource) -> None:
    """Open a line that was held."""
    line_hold(s, 0)
    flow_leave(s)
