"""spl(9), deferred by threshold: the register is raised only by the first interrupt that comes too early.

What
----
Raising stores a level in memory. An irq that the level forbids makes the CPU raise its priority register to that
level: the offender stays, or goes back, to the controller, and with it all others that the level forbids. Lowering
stores the level, and touches the register only if something waits. What the controller cannot remember (an edge,
which acceptance has used up; a soft level) is logged, as in spl_deferred.

With SPL_STOP the register goes to its top instead: the first offender shuts out everything until the level is
lowered, higher levels too.

Why
---
It needs no access to the interrupt controller, only to the CPU's own register: one trap and two register writes for
a section that is hit, none for one that is not. SPL_STOP needs even less of the machine, no more than an interrupt
flag; the price is paid by the levels that should have been let in.

The race
--------
Lowering tests whether something waits, and stores the level. An irq between test and store raises the register to
the old level, and nobody lowers it again:

    with the test first:
    cpu0
    spl.ilevel := IPL_VM        -- splraise
    reads spl.waits: 0          -- splx
    interrupt nic
    mask_hold                   -- still at VM
    set_hw_level(IPL_VM)
    spl.ilevel := IPL_NONE
    splx returns
    spl.hwlevel is IPL_VM       -- and stays there

Here the store comes first. An irq before it is seen by the test, one after it finds the new level and runs. (ARM
tests first, and closes the race by a restartable sequence.)

Invariants
----------
1. Outside these functions, and with interrupts on, nothing waits that the level lets through.
2. Without SPL_STOP the register is at most `mask_clamp` of the level.
3. `waits` is at least the level of everything that is logged, and of the register.

Sources
-------
NetBSD sys/arch/arm/cortex/gic_splfuncs.c @2d2ebea8 (2021), gic.c. SPL_STOP: Stodolsky, Chen, Bershad, "Fast
Interrupt Priority Management in Operating System Kernels", USENIX Microkernels 1993, as retold by Luck, linux-arch,
2005 (second hand).

Left out
--------
The restartable sequence, with its published address: the order of store and test takes its place. ARM acknowledges
an irq only after it has raised the register, so that the controller keeps edges too. SPL_STOP returns with the
interrupt flag off; here the register at its top stands for that. A line whose handlers have different levels.
"""

from __future__ import annotations

from splx.kernel.interface.axes import frame_of, mask_clamp, mask_ready
from splx.kernel.interface.levels import IPL_NONE, SOFTS, SPL_STOP
from splx.kernel.interface.lines import IntrSource, held, line_hold
from splx.kernel.interface.lwp import ci, splfloor_check, spllevel_check
from splx.lang.kernel import NULL, PerCpu, i64, inline, invariant, noinline, u8
from splx.lang.wide import bit, fls
from splx.machine.intrinsics import cas_local, enter, intr_disable, intr_enable, pic_eoi, set_hw_level

__account__ = "level"

TOP = 255  # of the register


class SplCpu(PerCpu):
    """The level and what waits for it. Used by this CPU alone."""

    ilevel: u8
    # written by interrupts too: change them with interrupts off, or by an operation they cannot divide
    waits: u8  # the highest level of anything that may wait, 0 nothing does
    hwlevel: u8  # what was last written to the register
    ipending: i64


spl = SplCpu()


@inline
def spl_level() -> int:
    """The level of this CPU."""
    return spl.ilevel


@inline
def splraise(level: int) -> int:
    """Raise to `level` if that is higher; returns the level before."""
    spllevel_check(level)
    old = spl.ilevel
    spl.ilevel = max(old, level)
    return old


def splx(level: int) -> None:
    """Lower to `level` if that is lower, and let in what waits above it: the store first, the test afterwards."""
    spllevel_check(level)
    if level < spl.ilevel:
        splfloor_check(level)
        spl.ilevel = level
        if spl.waits > level:
            spllower(level)


@noinline
def spllower(level: int) -> None:
    """Open the register down to `level`, and replay what is logged above it, highest first."""
    intr_disable()
    s = mask_leave(level)
    while s is not NULL:
        enter(frame_of(s), s.is_run, s)
        s = mask_leave(level)
    intr_enable()


def spl_request(soft_level: int) -> None:
    """Have a soft level taken on this CPU: its bit goes into the log. Any level; the next lowering sees it."""
    wanted = held.softbit[soft_level]
    pending = spl.ipending
    while not cas_local(spl.ipending, pending, pending | wanted):
        pending = spl.ipending
    spl.waits = TOP


@inline
def mask_admits(s: IntrSource) -> bool:
    """Whether the level, and every interrupt thread that is blocked here, is below `s`."""
    return s.is_level > mask_clamp(spl.ilevel)


def mask_hold(s: IntrSource) -> None:
    """Raise the register, and log what the controller forgets. Interrupts are off."""
    assert s.is_level > spl.hwlevel, "an irq that the register keeps away"
    if s.is_trigger == 0:
        spl.ipending |= bit(s.is_bit)
    threshold = TOP if SPL_STOP != 0 else mask_clamp(spl.ilevel)
    spl.hwlevel = threshold
    spl.waits = max(spl.waits, threshold)
    set_hw_level(threshold)


def flow_hold(s: IntrSource) -> None:
    """Give `s` back. A level-triggered line is still asserted: the register keeps it away, so nothing is masked."""
    pic_eoi(s.is_irq)
    if s.is_trigger == 0:
        line_hold(s, 1)


@inline
def mask_enter(level: int) -> int:
    """Set the level of a frame, and the register with it: what comes meanwhile waits in the controller."""
    old = spl.ilevel
    spl.ilevel = level
    if SPL_STOP == 0:
        spl.hwlevel = level
        spl.waits = max(spl.waits, level)
        set_hw_level(mask_clamp(level))
    return old


def mask_leave(level: int) -> IntrSource:
    """Back to `level`, and the register with it; the next logged source that is let through, out of the log."""
    spl.ilevel = level
    limit = 0 if SPL_STOP != 0 else mask_clamp(level)
    if spl.hwlevel > limit:
        spl.hwlevel = limit
        set_hw_level(limit)
    ready = spl.ipending & mask_ready(level)
    found: IntrSource = NULL
    if ready != 0:
        highest = fls(ready)
        spl.ipending &= ~bit(highest)
        found = held.source[highest]
    spl.waits = limit if spl.ipending == 0 else TOP
    return found


def spl_invariant() -> bool:
    """1, 2, 3: with interrupts on."""
    logged = spl.ipending & mask_ready(spl.ilevel) == 0 and (spl.ipending == 0 or spl.waits != 0)
    return logged and (SPL_STOP != 0 or spl.hwlevel <= mask_clamp(spl.ilevel))


@invariant(admitting=True)
def spl_always() -> bool:
    """1, of lines, at IPL_NONE: to any other level a frame may come by entering it, before what is above it.

    Where `waits` says so, whoever has lowered the level is between the store and the test, and is about to look.
    """
    asked = 0
    for k in range(SOFTS):
        asked |= held.softbit[k]
    settled = spl.ilevel != IPL_NONE or spl.waits != 0
    return settled or spl.ipending & mask_ready(IPL_NONE) & ~asked == 0


@invariant()
def spl_floor() -> bool:
    """No handler or softint runs below its level."""
    return spl.ilevel >= ci.curlwp.l_splfloor
