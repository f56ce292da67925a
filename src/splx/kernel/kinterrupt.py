"""Carrier: interrupt objects. A service routine runs at once, on what it interrupted, under the lock of its interrupt.

What
----
Every line has an interrupt object with a spin lock. The frame of the line's level (its DIRQL) takes that lock, runs the
service routines with interrupts on, and releases it. What a service routine leaves to be done is a DPC.

Why
---
The lock makes a service routine exclude itself on all CPUs, without the driver knowing: a line may be taken by any of
them. It is also what lets the rest of the driver exclude the routine (KeSynchronizeExecution), so a driver needs no
lock of its own between the two. It costs one locked operation an interrupt.

The race
--------
At DIRQL the line itself cannot interrupt; a higher one can, and has a lock of its own:

    cpu0
    interrupt nic
    mask_enter
    spl.ilevel := IPL_NET
    cas interrupts.object[0].lock := 1
    nic_intr
    interrupt audio
    spl.ilevel := IPL_AUDIO
    cas interrupts.object[1].lock := 1
    audio_intr
    interrupts.object[1].lock := 0
    interrupts.object[0].lock := 0

Invariants
----------
1. The service routines of a line run under the lock of its interrupt object.
2. From the beginning of a handler to its end no thread has its CPU, neither the interrupted one nor another.

Sources
-------
Windows driver documentation: Introduction to Interrupt Objects; Synchronizing Access to Device Data
(KeSynchronizeExecution); ISR lock of IoConnectInterrupt.

Left out
--------
KeSynchronizeExecution by name: a driver here declares a lock at the level of its handler, which raises to DIRQL and
spins, and is a second one beside the interrupt's. Passive-level interrupts, whose routines are threads (since Windows
8). One lock for several interrupts of a driver.
"""

from __future__ import annotations

from splx.kernel.interface.axes import intr_direct
from splx.kernel.interface.levels import NIRQ
from splx.kernel.interface.lines import IntrSource, held
from splx.lang.kernel import Array, Struct, array, atomic, embedded, i64, inline, spin_while
from splx.machine.intrinsics import cas, cpu_number

__account__ = "intr"


class Interrupt(Struct):
    """KINTERRUPT: on a line of its own."""

    lock: i64 = atomic()  # CPU + 1 while its routines run


class InterruptTable(Struct):
    """One for each irq."""

    object: Array[Interrupt] = embedded(array(NIRQ))


interrupts = InterruptTable()


@inline
def carrier_run(s: IntrSource, old: int) -> None:
    """KiInterruptDispatch: right here, under the lock."""
    interrupt = interrupts.object[s.is_irq]
    while not cas(interrupt.lock, 0, cpu_number() + 1):
        spin_while(interrupt.lock != 0)
    intr_direct(s, old)
    interrupt.lock = 0


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
