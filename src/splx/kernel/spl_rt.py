"""spl(9) of PREEMPT_RT: levels of threads, which keep nothing out by themselves, and above them the CPU's flag.

What
----
Nothing that a driver has to do with runs in an interrupt, so there is nothing to be kept out by a level. What is left
of it: from a soft level to that of the highest device it is a section without soft interrupts (`local_bh_disable`),
which belongs to the thread. It can be preempted there, and can wait for a lock, and the level goes with it; what the
level was is said by the word of whatever CPU it runs on, since every switch restores it. A handler that is a thread
runs in such a section, too, so where the section takes a lock of the CPU (RT_BH_LOCK) a thread that raises to IPL_NET
keeps it out after all: it waits for the lock. From IPL_CLOCK on raising turns the flag off, as a raw lock does.

Why
---
What no interrupt can come between need not be masked, and what is not masked is not late: on such a kernel the flag
is off in the scheduler, in the controller's protocol, and for what a driver of a clock does.

The race
--------
The level belongs to the thread, and the word to the CPU. A thread that gives way in the middle of a section has left
its level behind on its own stack, and its CPU goes on at another:

    cpu0
    low
    spl.ilevel := IPL_NET       -- splraise
    interrupt clock
    switch_to(high)
    spl.ilevel := IPL_NONE      -- high is in no section
    lwp_park returns
    preempt_switch returns      -- in low again
    spl.ilevel := IPL_NET

Invariants
----------
1. From IPL_CLOCK on, and only there, the flag is off.
2. No handler or softint runs below its level, whoever has the CPU meanwhile.

Sources
-------
Linux Documentation/locking/locktypes.rst (6.x); kernel/softirq.c, v6.18: __local_bh_disable_ip of PREEMPT_RT;
include/linux/spinlock_rt.h.

Left out
--------
`local_irq_disable` of a driver turns the flag off there, and keeps out no handler that was preempted; `splraise` here
is the section that excludes it. Where sections take no lock (`bh=none`) nothing does, and such a call is refused.
Counts of how often a section is nested: `splraise` returns what was before.
"""

from __future__ import annotations

from splx.kernel.interface.axes import frame_of, local_bh_disable, local_bh_enable
from splx.kernel.interface.levels import IPL_FLAG, IPL_PREEMPT, IPL_SOFTCLOCK, SOFT_PREEMPT
from splx.kernel.interface.lines import IntrSource, soft
from splx.kernel.interface.lwp import ci, splfloor_check, spllevel_check
from splx.kernel.interface.rt import rt_of
from splx.lang.kernel import NULL, PerCpu, inline, invariant, noinline, panic, u8
from splx.machine.intrinsics import enter, intr_disable, intr_enable

__account__ = "level"


class SplCpu(PerCpu):
    """The level, and whether a preemption waits for it. Used by this CPU alone."""

    ilevel: u8
    owed: u8


spl = SplCpu()


@inline
def spl_level() -> int:
    """The level of this CPU: that of what runs on it."""
    return spl.ilevel


def splraise(level: int) -> int:
    """Raise to `level` if that is higher; returns the level before. May sleep, unless one of the two is IPL_CLOCK or
    above.
    """
    spllevel_check(level)
    old = spl.ilevel
    if level >= IPL_FLAG:
        spl_irq_save(level)
    elif level > old:
        if old < IPL_SOFTCLOCK:
            local_bh_disable()
        spl.ilevel = level
    return old


def splx(level: int) -> None:
    """Lower to `level` if that is lower; from a section of a thread to no section: run the soft interrupts."""
    spllevel_check(level)
    old = spl.ilevel
    if old >= IPL_FLAG:
        assert level >= IPL_SOFTCLOCK or rt_of(ci.curlwp).rt_bh == 0, (
            "splx out of a section without soft interrupts, with interrupts off"
        )
        spl_irq_restore(level)
    elif level < old:
        splfloor_check(level)
        if level < IPL_SOFTCLOCK:
            spl.ilevel = IPL_SOFTCLOCK
            local_bh_enable()
        spl.ilevel = level


def spl_irq_save(level: int) -> int:
    """raw_local_irq_save: raise to `level`, of IPL_CLOCK or above, if that is higher. The flag goes off first."""
    spllevel_check(level)
    old = spl.ilevel
    if level > old:
        intr_disable()
        spl.ilevel = level
    return old


def spl_irq_restore(level: int) -> None:
    """raw_local_irq_restore: lower to `level` if that is lower, and give way if that was asked meanwhile."""
    spllevel_check(level)
    if level < spl.ilevel:
        splfloor_check(level)
        spl.ilevel = level
        if level < IPL_FLAG:
            if spl.owed != 0:
                spllower(level)
            else:
                intr_enable()


@noinline
def spllower(level: int) -> None:
    """Give way. It may come back on another CPU: nothing here outlives it but `level`."""
    intr_disable()
    s = mask_leave(level)
    while s is not NULL:
        enter(frame_of(s), s.is_run, s)
        s = mask_leave(level)
    intr_enable()


@inline
def spl_request(soft_level: int) -> None:
    """Have the running thread give way at the next lowering, or when the interrupt leaves. There are no soft levels."""
    spl.owed = 1


@inline
def mask_admits(s: IntrSource) -> bool:
    """Always: the flag was on."""
    return True


def mask_hold(s: IntrSource) -> None:
    """Never: with the flag on there is nothing that could forbid an irq."""
    panic("spl: an irq was admitted that the flag should have kept out", s)


@inline
def mask_enter(level: int) -> int:
    """Set the level of a frame, that of a preemption or of an interrupt; returns the level to go back to."""
    old = spl.ilevel
    spl.ilevel = IPL_FLAG if level < IPL_PREEMPT else level
    return old


def mask_leave(level: int) -> IntrSource:
    """Back to `level`, and to the preemption that it lets in, if one waits."""
    spl.ilevel = level
    found: IntrSource = NULL
    if spl.owed != 0 and level < IPL_PREEMPT:
        spl.owed = 0
        found = soft.source[SOFT_PREEMPT]
    return found


@invariant()
def spl_floor() -> bool:
    """2."""
    return spl.ilevel >= ci.curlwp.l_splfloor
