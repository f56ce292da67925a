"""spl(9) by the CPU's flag: there is no level but on and off, and a place in between where soft work is held back.

What
----
Raising to a level of hard interrupts turns the CPU's interrupt flag off; lowering below them turns it on. A handler
of a device runs with the flag off from its first instruction to its last. Raising to a soft level touches no
hardware: it is a word, at which soft interrupts, and preemption, look before they start (`local_bh_disable`). Soft
work that was asked for meanwhile runs when the level falls, or when the outermost interrupt leaves.

Why
---
Linux, and FreeBSD below its scheduler, never had more than the flag: on a machine whose controller is far away it
is the cheapest mask there is, one instruction and no memory of what came. The price is in the other half: one
section with the flag off, or one long handler, is as long as the latency of everybody else. A kernel like this
pushes its work out of handlers, where one with levels may leave it in.

The race
--------
Lowering from a soft level stores the level first, and tests for soft work afterwards. Tested first, an interrupt in
between leaves work that nobody looks at again:

    with the test first:
    cpu0
    spl.ilevel := IPL_SOFTNET   -- splraise
    reads spl.ipending: 0       -- splx
    interrupt nic
    softint_schedule
    mask_leave                  -- the level forbids it
    spl.ilevel := IPL_NONE
    splx returns
    spl.ipending is 16          -- and nobody looks

Raising to a hard level turns the flag off first, so that no interrupt finds a level that it should not have come
under.

Invariants
----------
1. Outside these functions the flag is off exactly if the level is one of hard interrupts.
2. With interrupts on no soft work waits that the level lets in, but between the store of `splx` and its test, and but
   for what SOFTIRQ_LOOKS leaves to ksoftirqd.

Sources
-------
Linux include/linux/irqflags.h, bottom_half.h, kernel/softirq.c (@01581a21: local_bh_enable, irq_exit); FreeBSD
sys/kern/kern_mutex.c and the machine's spinlock_enter, about 2020.

Left out
--------
Counts of how often each is nested: `splraise` returns what was before, as `local_irq_save` does. Levels of soft
interrupts among themselves: none interrupts another.
"""

from __future__ import annotations

from splx.kernel.interface.axes import frame_of, mask_ready
from splx.kernel.interface.levels import IPL_FLAG, SOFT_FIRST, SOFTIRQ_LOOKS
from splx.kernel.interface.lines import IntrSource, held
from splx.kernel.interface.lwp import ci, splfloor_check, spllevel_check
from splx.lang.kernel import NULL, PerCpu, i64, inline, invariant, noinline, panic, u8
from splx.lang.wide import bit, fls
from splx.machine.intrinsics import cas_local, enter, intr_disable, intr_enable

__account__ = "level"


class SplCpu(PerCpu):
    """The level, and the soft work that waits for it. Used by this CPU alone."""

    ilevel: u8
    # written by interrupts too: change it with interrupts off, or by an operation they cannot divide
    ipending: i64


spl = SplCpu()


@inline
def spl_level() -> int:
    """The level of this CPU."""
    return spl.ilevel


def splraise(level: int) -> int:
    """Raise to `level` if that is higher; returns the level before. The flag goes off before the word says so."""
    spllevel_check(level)
    old = spl.ilevel
    if level > old:
        if level >= IPL_FLAG:
            intr_disable()
        spl.ilevel = level
    return old


def splx(level: int) -> None:
    """Lower to `level` if that is lower, and run the soft work that it lets in: the store first, then the test."""
    spllevel_check(level)
    old = spl.ilevel
    if level < old:
        splfloor_check(level)
        spl.ilevel = level
        if level < IPL_FLAG:
            if spl.ipending & mask_ready(level) != 0:
                spllower(level)
            elif old >= IPL_FLAG:
                intr_enable()


@noinline
def spllower(level: int) -> None:
    """Run the soft work that `level` lets in. Each comes back here, at `level`, with interrupts off.

    Where that is a preemption it may come back on another CPU: nothing here outlives it but `level`.
    """
    intr_disable()
    s = mask_leave(level)
    while s is not NULL:
        enter(frame_of(s), s.is_run, s)
        if SOFTIRQ_LOOKS != 0:
            s = mask_leave_rest(level)
        else:
            s = mask_leave(level)
    intr_enable()


@inline
def mask_leave_rest(level: int) -> IntrSource:
    """`mask_leave`, but for soft work that was left just now: that is for the next way out."""
    left = spl.ipending & held.softbit[SOFT_FIRST]
    spl.ipending &= ~left
    s = mask_leave(level)
    spl.ipending |= left
    return s


def spl_request(soft_level: int) -> None:
    """Have a soft level taken on this CPU: the next lowering, or the interrupt that leaves, sees it. Any level."""
    wanted = held.softbit[soft_level]
    pending = spl.ipending
    while not cas_local(spl.ipending, pending, pending | wanted):
        pending = spl.ipending


@inline
def mask_admits(s: IntrSource) -> bool:
    """Always: the flag was on."""
    return True


def mask_hold(s: IntrSource) -> None:
    """Never: with the flag on there is nothing that could forbid an irq."""
    panic("spl: an irq was admitted that the flag should have kept out", s)


@inline
def mask_enter(level: int) -> int:
    """Set the level of a frame; returns the level to go back to. The flag is off, and stays off for a hard level."""
    old = spl.ilevel
    spl.ilevel = level
    return old


def mask_leave(level: int) -> IntrSource:
    """Back to `level`; the next soft work that it lets in, removed from the log."""
    spl.ilevel = level
    ready = spl.ipending & mask_ready(level)
    found: IntrSource = NULL
    if ready != 0:
        highest = fls(ready)
        spl.ipending &= ~bit(highest)
        found = held.source[highest]
    return found


def spl_invariant() -> bool:
    """2: with interrupts on."""
    return spl.ipending & mask_ready(spl.ilevel) == 0


@invariant()
def spl_floor() -> bool:
    """No handler or softint runs below its level."""
    return spl.ilevel >= ci.curlwp.l_splfloor
