"""IRQL, lazy: the level is a word in memory; the first interrupt that comes too early shuts out its whole level.

What
----
Raising is a load and a store. An irq that arrives while the level forbids it is logged: its bit is set (IRR), and the
controller's masks are written for the level that forbade it, so that no other irq at or below that level comes to
ask. Lowering stores the level with interrupts off and looks at the log. If a device in it is now allowed, the masks are
opened, all of them, and what is logged runs, the highest first, each in the frame of its level, as if it had just
arrived.

Why
---
A controller whose masks are one register is as easily told to shut a level as to shut a line, so the second
interrupt of a raised section, from whatever line, costs nothing any more. In exchange the masks stay as they are until
something logged can run: a section that is left in two steps keeps out, in between, what its level lets in.

The race
--------
Lowering tests and stores with interrupts off. If they are on, and the test comes first, an irq between the two is
logged at the old level. Nobody looks again, and the whole level is shut:

    with interrupts on, and the test first:
    cpu0
    spl.ilevel := IPL_VM        -- splraise
    reads spl.ipending: 0       -- splx
    interrupt nic
    mask_hold                   -- still at VM
    set_hw_level(IPL_VM)
    spl.ilevel := IPL_NONE
    splx returns
    spl.shut is IPL_VM          -- and stays there

What is logged shuts out what is above it, until it can run itself:

    cpu0
    spl.ilevel := IPL_AUDIO     -- splraise
    interrupt nic
    set_hw_level(IPL_AUDIO)
    spl.ilevel := IPL_NET       -- splx: the nic may not run yet
    splx returns
    audio arrives               -- it is above NET, and waits in the controller
    spl.ilevel := IPL_NONE      -- splx
    set_hw_level(IPL_NONE)
    interrupt audio
    audio_intr
    nic_intr

Invariants
----------
1. With interrupts on, nothing is logged that the level lets through.
2. The masks shut nothing unless a device is logged.
3. The level is at least that of every active frame of the CPU.

Sources
-------
ReactOS hal/halx86/pic/pic.c @0a14865f (HalpLowerIrql, HalpDismissIrqLazy, HalBeginSystemInterrupt), a reimplementation
of Windows NT: a model of it, not the thing. Windows driver documentation: Managing Hardware Priorities.

Left out
--------
Writing the level to the processor's own register on every change, as 64-bit Windows does: that is `spl_eager`. The
masks of the 8259 are here the register of the CPU's priority, of which i486-8259 says what it costs.
"""

from __future__ import annotations

from splx.kernel.interface.axes import frame_of, mask_clamp, mask_ready
from splx.kernel.interface.levels import IPL_NONE, IPL_SOFTSERIAL, SOFTS
from splx.kernel.interface.lines import IntrSource, held
from splx.kernel.interface.lwp import ci, splfloor_check, spllevel_check
from splx.lang.kernel import NULL, PerCpu, i64, inline, invariant, noinline, u8
from splx.lang.wide import bit, fls
from splx.machine.intrinsics import cas_local, enter, intr_disable, intr_restore, set_hw_level

__account__ = "level"


class SplCpu(PerCpu):
    """The level and the log. Used by this CPU alone."""

    ilevel: u8  # Irql
    # interrupts off
    shut: u8  # the level for which the controller's masks were written; IPL_NONE: they are open
    # written by interrupts too: change it with interrupts off, or by an operation they cannot divide
    ipending: i64  # IRR


spl = SplCpu()


@inline
def spl_level() -> int:
    """KeGetCurrentIrql: the level of this CPU."""
    return spl.ilevel


@inline
def splraise(level: int) -> int:
    """KeRaiseIrql, but never down: raise to `level` if that is higher; returns the level before."""
    spllevel_check(level)
    old = spl.ilevel
    spl.ilevel = max(old, level)
    return old


def splx(level: int) -> None:
    """KeLowerIrql: lower to `level` if that is lower, and run what was held above it."""
    spllevel_check(level)
    if level < spl.ilevel:
        splfloor_check(level)
        were_on = intr_disable()
        spl.ilevel = level
        if spl.ipending & mask_ready(level) != 0:
            spllower(level)
        intr_restore(were_on)


@noinline
def spllower(level: int) -> None:
    """Run what is logged above `level`, highest first. Interrupts are off, and off again when each comes back here.

    Where that is a preemption it may come back on another CPU: nothing here outlives it but `level`.
    """
    s = mask_leave(level)
    while s is not NULL:
        enter(frame_of(s), s.is_run, s)
        intr_disable()
        s = mask_leave(level)


def spl_request(soft_level: int) -> None:
    """HalRequestSoftwareInterrupt: its bit goes into the log. Any level; the next lowering sees it."""
    wanted = held.softbit[soft_level]
    pending = spl.ipending
    while not cas_local(spl.ipending, pending, pending | wanted):
        pending = spl.ipending


@inline
def mask_admits(s: IntrSource) -> bool:
    """Whether the level is below `s`."""
    return s.is_level > mask_clamp(spl.ilevel)


def mask_hold(s: IntrSource) -> None:
    """Log `s`, and shut out all that this level forbids. Interrupts are off."""
    spl.ipending |= bit(s.is_bit)
    spl.shut = spl.ilevel
    set_hw_level(spl.ilevel)


@inline
def mask_enter(level: int) -> int:
    """HalBeginSystemInterrupt: the level of a frame, in memory only."""
    old = spl.ilevel
    spl.ilevel = level
    return old


def mask_leave(level: int) -> IntrSource:
    """HalEndSystemInterrupt: back to `level`; the next logged source that it lets through, removed from the log.

    If that is not a soft level the masks are opened.
    """
    spl.ilevel = level
    ready = spl.ipending & mask_ready(level)
    found: IntrSource = NULL
    if ready != 0:
        highest = fls(ready)
        spl.ipending &= ~bit(highest)
        found = held.source[highest]
        if spl.shut != IPL_NONE and found.is_level > IPL_SOFTSERIAL:
            spl.shut = IPL_NONE
            set_hw_level(IPL_NONE)
    return found


@inline
def spl_softbits() -> int:
    """The bits of what is not a device."""
    bits = 0
    for k in range(SOFTS):
        bits |= held.softbit[k]
    return bits


@invariant(admitting=True)
def spl_always() -> bool:
    """1, of lines, at IPL_NONE: to any other level a frame may come by entering it, before what is above it."""
    return spl.ilevel != IPL_NONE or spl.ipending & mask_ready(IPL_NONE) & ~spl_softbits() == 0


@invariant(admitting=True)
def spl_open() -> bool:
    """2."""
    return spl.shut == IPL_NONE or spl.ipending & ~spl_softbits() != 0


@invariant()
def spl_floor() -> bool:
    """3, of handlers and softints."""
    return spl.ilevel >= ci.curlwp.l_splfloor
