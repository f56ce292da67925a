"""Big lock at interrupts, by handler: taken around each handler that is not mpsafe, at IPL_BIGLOCK and below.

What
----
A handler that was not declared mpsafe is called with the big lock held. The decision is made for each handler by
what it was declared with, not by what was interrupted. Levels above IPL_BIGLOCK never take the lock.

Why
---
Every spin mutex is at IPL_BIGLOCK or above, so a CPU that holds one does not take such an interrupt: an interrupt
cannot create the order "spin mutex, then big lock" that deadlocks against a thread which takes them the other way
round. That is the first of three cures; the price is the level, held until the last spin mutex goes.

The race
--------
What the rule excludes, with a spin mutex S below the level of a handler that takes the big lock:

    without the level in the rule:
    cpu0                                cpu1
    cas s.word := 1             -- mutex_enter, at VM
                                        kernel_lock returns
    interrupt audio             -- at AUDIO, not mpsafe
    biglock_handler_enter
    spins on biglock.word for ever
                                        mutex_enter(s)
                                        spins on s.word for ever

Invariants
----------
1. While a spin mutex is held, no handler on that CPU waits for the big lock.
2. A handler that is not mpsafe, at IPL_BIGLOCK or below, runs with the big lock held by its CPU.

Sources
-------
NetBSD sys/arch/x86/x86/intr.c of 2007 (file id 16670772) and @002032ca (2018): intr_biglock_wrapper, taken unless
the level is not IPL_VM or the handler is mpsafe.

Left out
--------
Keeping the lock between two handlers of a line that both want it.
"""

from __future__ import annotations

from splx.kernel.interface.levels import IPL_BIGLOCK
from splx.kernel.interface.lines import IntrHandler, IntrSource
from splx.kernel.interface.locks import kernel_lock, kernel_unlock
from splx.lang.kernel import inline


@inline
def biglock_line_enter(s: IntrSource, old: int) -> bool:
    """No: the rule is by handler."""
    return False


@inline
def biglock_line_exit(s: IntrSource) -> None:
    """Never called."""


@inline
def biglock_handler_enter(ih: IntrHandler) -> bool:
    """intr_biglock_wrapper: take the lock for a handler that needs it."""
    needs = ih.ih_mpsafe == 0 and ih.ih_level <= IPL_BIGLOCK
    if needs:
        kernel_lock()
    return needs


@inline
def biglock_handler_exit(ih: IntrHandler) -> None:
    """Release what `biglock_handler_enter` took."""
    kernel_unlock()
