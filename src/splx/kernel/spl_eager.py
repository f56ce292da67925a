"""spl(9), eager: every change of level is a write to the hardware.

What
----
The level of a CPU is kept twice: in a word, which `splx` and interrupts read, and in the CPU's priority
register, which keeps away every irq of that level or below. Nothing is ever held in software, so nothing is
ever replayed: the controller itself remembers what may not come yet. Soft levels are irqs too, which a CPU
sends to itself, at the priority of their level.

Why
---
It is what machines with a priority register do (m68k, SPARC, Alpha's PAL call), and what a kernel on an I/O
APIC would do that wrote the task-priority register. Its price is one hardware write at either end of every
section, whether or not an interrupt comes. Doran's third complaint of 2006 is about this write, and Laight's
answer is spl_deferred.

The race
--------
The two copies cannot change together. `splraise` writes the word first. An irq that slips in between finds the
new level in the word and puts back *both* to it on its way out:

    cpu0
    spl.ilevel := IPL_VM        -- splraise
    interrupt nic               -- the register lets it in still
    set_hw_level(IPL_NET)       -- mask_enter
    mask_leave
    set_hw_level(IPL_VM)        -- what the word says
    set_hw_level(IPL_VM)        -- splraise

The other order loses: the irq finds the old word, leaves by writing the old level to the register, and the
section then runs with its interrupts let in:

    with the register first:
    cpu0
    set_hw_level(IPL_VM)        -- splraise
    interrupt audio             -- above it
    mask_leave
    set_hw_level(IPL_NONE)      -- what the word says
    spl.ilevel := IPL_VM
    interrupt nic               -- in the middle of the section

`splx` writes in the same order, and there it is harmless: an irq in between restores the lower level.

Invariants
----------
1. Outside these functions the register is the level that `mask_clamp` makes of the word.
2. The word is at least the level of every active frame of the CPU.

Sources
-------
The table of ports in NetBSD's spl(9) and the headers of m68k, sparc, alpha (recollected, not re-read); the 2002
SMP branch of NetBSD/i386, whose level lived in a symbol naming the task-priority register (include/intr.h).
Debate: tech-smp, 2006-12-02.

Left out
--------
Machines that must write one mask register per interrupt controller instead of one priority; their price can be
given to the hardware write. A line whose handlers have different levels: a priority register knows one priority
per irq.
"""

from __future__ import annotations

from splx.kernel.interface.axes import frame_of, mask_clamp, mask_clamped
from splx.kernel.interface.levels import IPL_NONE, SOFT_PREEMPT
from splx.kernel.interface.lines import IntrSource, soft
from splx.kernel.interface.lwp import ci, splfloor_check, spllevel_check
from splx.lang.kernel import NULL, PerCpu, inline, invariant, noinline, panic, u8
from splx.machine.intrinsics import cpu_number, enter, intr_disable, intr_enable, send_ipi, set_hw_level

__account__ = "level"


class SplCpu(PerCpu):
    """The level of a CPU. Used by that CPU alone; its interrupts leave both words as they found them."""

    ilevel: u8
    owed: u8  # preemption was asked for and has not been looked at


spl = SplCpu()


@inline
def spl_level() -> int:
    """The level of this CPU."""
    return spl.ilevel


def splraise(level: int) -> int:
    """Raise to `level` if that is higher; returns the level before."""
    spllevel_check(level)
    old = spl.ilevel
    if level > old:
        spl.ilevel = level
        set_hw_level(mask_clamp(level))
    return old


def splx(level: int) -> None:
    """Lower to `level` if that is lower. What the controller holds above it arrives with the write."""
    spllevel_check(level)
    if level < spl.ilevel:
        splfloor_check(level)
        spl.ilevel = level
        set_hw_level(mask_clamp(level))
        if spl_owed(level):
            spl_preempt(level)


@inline
def spl_owed(level: int) -> bool:
    """Whether preemption is due that a blocked interrupt thread keeps from arriving by itself."""
    return mask_clamped(level) and level == IPL_NONE and spl.owed != 0


@noinline
def spl_preempt(level: int) -> None:
    """Do what the irq would have done."""
    intr_disable()
    s = mask_leave(level)
    if s is not NULL:
        enter(frame_of(s), s.is_run, s)
    intr_enable()


def spl_request(soft_level: int) -> None:
    """Have a soft level taken on this CPU: an irq to itself, which waits in the controller until the level allows it.

    An interrupt thread that is blocked here keeps the register up, and with it the request for preemption, which is
    the one that may end the wait. So that one is also noted, and looked at when the level becomes IPL_NONE.
    """
    if soft_level == SOFT_PREEMPT:
        spl.owed = 1
    send_ipi(cpu_number(), soft.vector[soft_level])


@inline
def mask_admits(s: IntrSource) -> bool:
    """Always: the hardware has compared the levels before it accepted the irq."""
    return True


def mask_hold(s: IntrSource) -> None:
    """Never: a line of handlers with different levels, which this machine cannot have."""
    panic("spl: an irq was admitted that its level should have kept out", s)


@inline
def mask_enter(level: int) -> int:
    """Set `level`, in which the hardware may lag behind the word (see the race); returns the level to go back to."""
    old = spl.ilevel
    spl.ilevel = level
    set_hw_level(mask_clamp(level))
    return old


def mask_leave(level: int) -> IntrSource:
    """Back to `level`. Nothing is held in software but an owed preemption."""
    spl.ilevel = level
    set_hw_level(mask_clamp(level))
    found: IntrSource = NULL
    if spl_owed(level):
        spl.owed = 0
        found = soft.source[SOFT_PREEMPT]
    return found


@invariant()
def spl_floor() -> bool:
    """No handler or softint runs below its level."""
    return spl.ilevel >= ci.curlwp.l_splfloor
