"""Big lock at interrupts, by what was interrupted: taken for the whole line if the level before was below IPL_SCHED.

What
----
The stub of a device line, its level raised and interrupts on, takes the big lock before the first handler and
releases it after the last, if the interrupt came in below IPL_SCHED. The clock and inter-processor interrupts have
stubs of their own and never take it.

There were two rules in turn, and the design chooses (`entry`). The older looks at what was *interrupted* alone: a
serial line, whose level is IPL_SERIAL, takes the lock too, and waits for it at a level that shuts out the clock. The
newer looks at the *handler*: from IPL_SCHED on it does without. A third, which no kernel of 2006 had, is the one that
was to come: below IPL_SCHED a handler takes it unless it is mpsafe, and one that has a lock of its own does without.

Why
---
A CPU at IPL_SCHED or above may hold the scheduler's lock or another spin lock, and must not wait for the big lock.
That condition is the whole of 2006's answer to the order of locks. It leaves open every spin lock held *below*
IPL_SCHED, and the CPU whose interrupt finds the lock taken spins inside the handler, interrupts on, at the level of
the line: equal and lower lines pile up there, and the interrupted thread waits too.

The race
--------
A simple lock S of a driver, held at a level below IPL_SCHED and below the line that interrupts:

    cpu0                                cpu1
    cas s.word := 1             -- mutex_enter, at BIO
                                        kernel_lock returns
    interrupt nic               -- at NET
    biglock_line_enter
    spins on klock.lk_flags for ever
                                        mutex_enter(s)
                                        spins on s.word for ever

Invariants
----------
1. A handler of a line below IPL_SCHED that interrupted a level below IPL_SCHED runs with the big lock held by its
   CPU; by the older rule one of any other line does so too, unless it is mpsafe, as the clock's is; by the third no
   handler does that is mpsafe.

Sources
-------
NetBSD's i386 stubs and x86_intlock as OpenBSD kept them; sys/kern/kern_lock.c @009d5601 (2004): the older rule. The
newer is NetBSD 4's, which decided when a handler was established; from memory. intr_biglock_wrapper of 2007: mpsafe.

Left out
--------
The separate lock operations of the clock's stub. A lock for each handler, as NetBSD 4's wrapper took it: here one for
the line, which handlers of one line share.
"""

from __future__ import annotations

from splx.kernel.interface.levels import BIGLOCK_HIGH, BIGLOCK_MPSAFE, BIGLOCK_RULE, IPL_SCHED
from splx.kernel.interface.lines import IntrHandler, IntrSource
from splx.kernel.interface.locks import kernel_lock, kernel_unlock
from splx.lang.kernel import inline


@inline
def biglock_line_wants(s: IntrSource, old: int) -> bool:
    """Not if IPL_SCHED or above was interrupted, or the line does without."""
    if BIGLOCK_RULE == BIGLOCK_MPSAFE:
        return False
    needs = old < IPL_SCHED and s.is_level < IPL_SCHED
    if BIGLOCK_RULE == BIGLOCK_HIGH and old < IPL_SCHED:
        needs = needs or s.is_handlers.ih_mpsafe == 0
    return needs


@inline
def biglock_line_enter(s: IntrSource, old: int) -> bool:
    """x86_intlock: take the lock, by the rule."""
    needs = biglock_line_wants(s, old)
    if needs:
        kernel_lock()
    return needs


@inline
def biglock_line_exit(s: IntrSource) -> None:
    """x86_intunlock."""
    kernel_unlock()


@inline
def biglock_freed() -> None:
    """Who wants it looks for itself."""


@inline
def biglock_handler_enter(ih: IntrHandler) -> bool:
    """By the third rule, which alone is by handler. Whatever is below IPL_SCHED interrupted less."""
    if BIGLOCK_RULE != BIGLOCK_MPSAFE:
        return False
    needs = ih.ih_mpsafe == 0 and ih.ih_level < IPL_SCHED
    if needs:
        kernel_lock()
    return needs


@inline
def biglock_handler_exit(ih: IntrHandler) -> None:
    """Release what `biglock_handler_enter` took."""
    kernel_unlock()
