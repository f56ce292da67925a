"""Big lock at interrupts: none. Every handler runs as it is.

What
----
The four questions that the interrupt path asks about the big lock, all answered with no.

Why
---
A kernel without a big lock, or one all of whose handlers take their own locks.

The race
--------
A handler that relied on the big lock now runs beside the thread that holds it:

    cpu0: thread                        cpu1: handler
    reads box.n: 0              -- after kernel_lock
                                        interrupt nic
                                        nic_intr
                                        box.n := 1
    box.n := 1                  -- one of the two is lost

Invariants
----------
1. No interrupt waits for the big lock.

Sources
-------
None needed.

Left out
--------
Nothing.
"""

from __future__ import annotations

from splx.kernel.interface.lines import IntrHandler, IntrSource
from splx.lang.kernel import inline


@inline
def biglock_line_enter(s: IntrSource, old: int) -> bool:
    """No."""
    return False


@inline
def biglock_line_exit(s: IntrSource) -> None:
    """Never called."""


@inline
def biglock_handler_enter(ih: IntrHandler) -> bool:
    """No."""
    return False


@inline
def biglock_handler_exit(ih: IntrHandler) -> None:
    """Never called."""
