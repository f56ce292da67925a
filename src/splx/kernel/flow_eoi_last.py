"""Line protocol: end of interrupt when the handlers have run.

What
----
The controller counts the interrupt as in service until it is told otherwise, and meanwhile does not deliver the
line again (nor, on controllers that gate by priority, others of its priority or below).

Why
---
One access for each interrupt and nothing to mask: the right protocol for handlers that run to their end in the
interrupted context. With a thread that blocks it would shut a whole CPU's lower priorities for as long as the
thread waits.

The race
--------
A level-triggered line whose device was not quieted comes back with the end of interrupt, and that is right: the
handler left work.

    cpu0
    nic arrives
    nic arrives
    interrupt nic               -- in service
    nic_intr                    -- takes one of the two
    pic_eoi(nic)                -- flow_leave
    interrupt nic               -- still asserted

Invariants
----------
1. From acceptance to `flow_leave` the line is in service on this CPU.
2. A held line is not in service, and masked if it is level-triggered.

Sources
-------
Linux kernel/irq/chip.c, handle_fasteoi_irq; NetBSD sys/arch/arm/cortex/gic.c.

Left out
--------
The split of priority drop and deactivation (GICv2 EOImode 1).
"""

from __future__ import annotations

from splx.kernel.interface.lines import IntrSource, line_held, line_hold
from splx.lang.kernel import inline
from splx.machine.intrinsics import pic_eoi, pic_mask, pic_unmask

__account__ = "line"


@inline
def flow_enter(s: IntrSource) -> None:
    """Nothing: the line is in service."""


@inline
def flow_leave(s: IntrSource) -> None:
    """End the interrupt."""
    pic_eoi(s.is_irq)


@inline
def flow_hold(s: IntrSource) -> None:
    """The CPU must take others meanwhile: out of service, and masked in its place."""
    assert s.is_trigger == 0 or line_held(s) == 0, "a line that is held interrupts again"
    if s.is_trigger != 0:
        pic_mask(s.is_irq)
    pic_eoi(s.is_irq)
    line_hold(s, 1)


@inline
def flow_keep(s: IntrSource) -> None:
    """As `flow_hold`: the line is in service still."""
    flow_hold(s)


@inline
def flow_release(s: IntrSource) -> None:
    """Open a line that was held."""
    line_hold(s, 0)
    if s.is_trigger != 0:
        pic_unmask(s.is_irq)
