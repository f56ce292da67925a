"""spl(9), deferred: the level is a word in memory; hardware is touched only when an interrupt comes too early.

What
----
Raising is a load and a store. An irq that arrives while the level forbids it is *logged*: its bit is set in
`ipending`, its line is quieted (`flow_hold`), and the CPU goes on where it was. Lowering looks at the log, and
if something in it is now allowed, takes the slow path and runs it, the highest bit first, each in the frame of
its level, as if it had just arrived.

Why
---
Most sections are left before anything arrives, so most hardware writes of an eager kernel are wasted. The early
irq costs one trap, and for a level-triggered line one mask and one unmask. Only the offending line is shut:
higher levels stay live.

The race
--------
`splx` must look at the log and store the level as one action. If it does not, an irq between the two is logged
at the old level and forgotten until the next lowering:

    without the pair:
    cpu0
    spl.ilevel := IPL_VM        -- splraise
    reads spl.ipending: 0       -- splx
    interrupt nic
    mask_hold                   -- still at VM
    spl.ilevel := IPL_NONE
    splx returns
    spl.ipending is 1           -- the bit stays

Two cures, both here. `splx` compares and swaps the pair (level, log): not locked, because only this CPU's
interrupts write them. `splx_cli` turns interrupts off around the test.

The highest bit must go first. CPU A, holding kernel_lock, sends a poke and spins until it is answered; CPU B
has logged the poke and, below it, a device that takes kernel_lock. If B replays the device first, both wait for
ever.

Invariants
----------
1. After a lowering to n, ipending & mask_ready(n) == 0, unless interrupts are off and the caller goes on to
   replay.
2. The level is at least that of every active frame of the CPU.
3. A line quieted by `flow_hold` has its bit in the log, or its handlers are running.

Sources
-------
NetBSD sys/arch/amd64/amd64/spl.S @01432510 (2007-10; cmpxchg8b form and Xspllower), sys/arch/x86/x86/intr.c
@002032ca (mask tables, 1.117), sys/arch/i386/i386/vector.S @00becfc5 (hold in the stub). The idea: Stodolsky,
Chen, Bershad, "Fast Interrupt Priority Management in Operating System Kernels", USENIX Microkernels 1993
(abstract). Debate: Laight, tech-smp, 2006-12-02.

Left out
--------
The word of externally masked sources of later x86. Recomputing the masks when a handler is added or removed.
"""

from __future__ import annotations

from splx.kernel.interface.axes import frame_of, mask_clamp, mask_ready
from splx.kernel.interface.levels import IPL_NONE, SOFTS
from splx.kernel.interface.lines import IntrSource, held
from splx.kernel.interface.lwp import ci, splfloor_check, spllevel_check
from splx.lang.kernel import NULL, PerCpu, i64, inline, invariant, noinline, u8
from splx.lang.wide import bit, fls
from splx.machine.intrinsics import cas_local, cas_pair_local, enter, intr_disable, intr_enable, intr_restore

__account__ = "level"


class SplCpu(PerCpu):
    """The level and the log. Used by this CPU alone. The two words are neighbours: `splx` swaps them as a pair."""

    ilevel: u8
    # written by interrupts too: change it with interrupts off, or by an operation they cannot divide
    ipending: i64


spl = SplCpu()


@inline
def spl_level() -> int:
    """The level of this CPU."""
    return spl.ilevel


@inline
def splraise(level: int) -> int:
    """Raise to `level` if that is higher; returns the level before.

    An interrupt in between leaves the word as it was.
    """
    spllevel_check(level)
    old = spl.ilevel
    spl.ilevel = max(old, level)
    return old


def splx(level: int) -> None:
    """Lower to `level` if that is lower, and run what was held above it. Compare-and-swap form."""
    spllevel_check(level)
    splfloor_check(level)
    old = spl.ilevel
    while level < old:
        pending = spl.ipending
        if pending & mask_ready(level) != 0:
            spllower(level)
            return
        if cas_pair_local(spl.ilevel, spl.ipending, old, pending, level):
            return


def splx_cli(level: int) -> None:
    """`splx` for machines without a compare-and-swap of two words: interrupts are off around test and store."""
    spllevel_check(level)
    splfloor_check(level)
    if level < spl.ilevel:
        were_on = intr_disable()
        if spl.ipending & mask_ready(level) != 0:
            intr_restore(were_on)
            spllower(level)
            return
        spl.ilevel = level
        intr_restore(were_on)


@noinline
def spllower(level: int) -> None:
    """Xspllower: lower to `level` and replay, highest first. Each replay returns here, at `level`, with interrupts off.

    The replay of a preemption may return on another CPU: nothing here outlives it but `level`.
    """
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


@inline
def mask_admits(s: IntrSource) -> bool:
    """Whether the level, and every interrupt thread that is blocked here, is below `s`."""
    return s.is_level > mask_clamp(spl.ilevel)


@inline
def mask_hold(s: IntrSource) -> None:
    """Log `s`. Interrupts are off. Edges coalesce in the one bit."""
    spl.ipending |= bit(s.is_bit)


@inline
def mask_enter(level: int) -> int:
    """Set the level of a frame, whatever it was: a replay starts at the level that `splx` was asked for."""
    old = spl.ilevel
    spl.ilevel = level
    return old


def mask_leave(level: int) -> IntrSource:
    """Back to `level`; the next logged source that it lets through, removed from the log."""
    spl.ilevel = level
    ready = spl.ipending & mask_ready(level)
    found: IntrSource = NULL
    if ready != 0:
        highest = fls(ready)
        spl.ipending &= ~bit(highest)
        found = held.source[highest]
    return found


def spl_invariant() -> bool:
    """1: with interrupts on."""
    return spl.ipending & mask_ready(spl.ilevel) == 0


@invariant(admitting=True)
def spl_always() -> bool:
    """1, of lines, at IPL_NONE: to any other level a frame may come by entering it, before what is above it."""
    asked = 0
    for k in range(SOFTS):
        asked |= held.softbit[k]
    return spl.ilevel != IPL_NONE or spl.ipending & mask_ready(IPL_NONE) & ~asked == 0


@invariant()
def spl_floor() -> bool:
    """No handler or softint runs below its level."""
    return spl.ilevel >= ci.curlwp.l_splfloor
