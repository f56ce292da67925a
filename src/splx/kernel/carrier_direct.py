"""Carrier: the interrupted context. Handlers run in the frame, on top of whatever was interrupted.

What
----
The frame of the line's level runs the whole chain, to its end, on the victim's back. Nothing of it can wait for
anything but a spin lock: there is no thread to put to sleep but the victim, who has done nothing to deserve it.

Why
---
It costs nothing: no thread, no stack, no scheduler. In exchange every lock that a handler takes must keep the
handler away from the CPU that holds it: that is what levels are for.

The race
--------
A handler that meets a lock held by the context it interrupted spins for ever, unless the lock had raised the
level:

    cpu0
    cas m.word := 1             -- mutex_enter, at VM
    interrupt nic
    mask_hold                   -- the level forbids it
    mutex_exit(m)
    intr_run                    -- now it may
    nic_intr

Invariants
----------
1. From the beginning of a handler to its end no thread has its CPU, neither the interrupted one nor another.

Sources
-------
NetBSD sys/arch/amd64/amd64/vector.S @01432510. Matt Thomas, tech-kern, 2007-02-21: a hard interrupt runs its
handler at its level.

Left out
--------
A separate interrupt stack.
"""

from __future__ import annotations

from splx.kernel.interface.axes import handle_irq
from splx.kernel.interface.lines import IntrSource, held
from splx.lang.kernel import inline

__account__ = "intr"


@inline
def carrier_run(s: IntrSource, old: int) -> None:
    """Right here."""
    handle_irq(s, old)


@inline
def mask_clamp(level: int) -> int:
    """Nothing can be blocked in the middle of an interrupt: the level alone decides."""
    return level


@inline
def mask_clamped(level: int) -> bool:
    """Never."""
    return False


@inline
def mask_ready(level: int) -> int:
    """What the level lets through."""
    return held.unmasked[level]
