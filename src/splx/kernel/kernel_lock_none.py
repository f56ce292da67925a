"""kernel_lock(9) in a kernel that has none: nothing.

What
----
Every function of the big lock, doing nothing, so that a driver written for a kernel with one runs under a kernel
without.

Why
---
The designs after the big lock, and the textbook.

The race
--------
Whatever the driver thought the big lock was for:

    cpu0                                cpu1
    one                         -- calls kernel_lock
    reads box.n: 0
                                        other                       -- so does this
                                        reads box.n: 0
    box.n := 1
                                        box.n := 1                  -- one of the two is lost

Invariants
----------
1. No thread ever holds it.

Sources
-------
None needed.

Left out
--------
Nothing.
"""

from __future__ import annotations

from splx.lang.kernel import inline


@inline
def kernel_lock() -> None:
    """Nothing."""


@inline
def kernel_unlock() -> None:
    """Nothing."""


@inline
def kernel_unlock_all() -> int:
    """No holds."""
    return 0


@inline
def kernel_unlock_block() -> int:
    """No holds."""
    return 0


@inline
def kernel_relock(holds: int) -> None:
    """Nothing."""


@inline
def kernel_relock_block(holds: int) -> None:
    """Nothing."""


@inline
def kernel_locked_p() -> bool:
    """Always: whoever asserts that it is held means that he is safe, and here he must be without."""
    return True
