"""Counts of what was executed, for those who ask which parts of a program their tests reach.

The size `COVER` decides at compile time: where it is 0, nothing of this is in the engine.
"""

from __future__ import annotations

from splx.lang.kernel import inline
from splx.lang.struct import Size
from splx.machine.constants import Stop
from splx.machine.state import Exec, Machine

COVER = Size("COVER")  # 1: `Machine.cover` has two counters per instruction; 0: none are kept
COUNTERS = 2  # executions; those after which control was not at the next instruction


@inline
def cover(m: Machine, x: Exec) -> None:
    """Count the instruction just executed, and whether it jumped."""
    if x.stop != Stop.REDO:
        at = x.last * COUNTERS
        m.cover[at] = m.cover[at] + 1
        if x.pc != x.last + 1:
            m.cover[at + 1] = m.cover[at + 1] + 1
