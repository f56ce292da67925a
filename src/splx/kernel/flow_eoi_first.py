"""Line protocol: end of interrupt at entry, and the level keeps the line away.

What
----
The controller is told at once that the interrupt is over, and the line is not masked. As long as its device
asserts it, only the CPU's level stands between it and a second delivery.

Why
---
One access to the controller for each interrupt, and none at the end. It is what Solaris does, threads and all:
there the level stays up while the interrupt thread runs, and while it is blocked (the clamp of ithread).

The race
--------
The level must be up before interrupts are on again, or the line that was just ended comes straight back:

    without the level in mask_enter:
    cpu0
    interrupt nic
    pic_eoi(nic)                -- ended, still asserted
    intr_enable()
    interrupt nic               -- the same again
    stops: busy frame           -- that of its level is in use

Invariants
----------
1. From `flow_enter` to the end of the handlers the level is at least that of the line. With interrupt threads
   this needs the clamp.
2. A held line that is level-triggered is masked until it is released.

Sources
-------
illumos usr/src/uts/i86pc/os/intr.c, the pcplusmp flavour: the task priority is raised and the interrupt ended
before the handlers run. Kleiman, Eykholt, "Interrupts as Threads", ACM OSR 29(2), 1995.

Left out
--------
Spurious interrupts, which the controller of the model does not make.
"""

from __future__ import annotations

from splx.kernel.interface.lines import IntrSource, line_held, line_hold
from splx.lang.kernel import inline
from splx.machine.intrinsics import pic_eoi, pic_mask, pic_unmask

__account__ = "line"


@inline
def flow_enter(s: IntrSource) -> None:
    """End the interrupt. The level is about to go up."""
    pic_eoi(s.is_irq)


@inline
def flow_leave(s: IntrSource) -> None:
    """Nothing: lowering the level opens the line."""


@inline
def flow_hold(s: IntrSource) -> None:
    """A software level does not keep the line away: mask it, or it would interrupt for ever."""
    assert s.is_trigger == 0 or line_held(s) == 0, "a line that is held interrupts again"
    flow_keep(s)
    pic_eoi(s.is_irq)


@inline
def flow_keep(s: IntrSource) -> None:
    """Mask the line: the level is about to go down with work left undone."""
    if s.is_trigger != 0:
        pic_mask(s.is_irq)
    line_hold(s, 1)


@inline
def flow_release(s: IntrSource) -> None:
    """Open a line that was held."""
    line_hold(s, 0)
    if s.is_trigger != 0:
        pic_unmask(s.is_irq)
