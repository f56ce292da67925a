"""Which registers are needed at which instruction. Sets of registers are numbers: bit n for register n."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splx.machine.constants import NOREG
from splx.program.insn import Insn, Label
from splx.program.rows import reads, shape

if TYPE_CHECKING:
    from collections.abc import Sequence


def uses(insn: Insn) -> int:
    """The registers that an instruction reads."""
    found = 0
    for name in reads(insn):
        register = getattr(insn, name)
        if register != NOREG:
            found |= 1 << register
    for register in insn.more_uses:
        found |= 1 << register
    return found


def defines(insn: Insn) -> int:
    """The registers that an instruction writes."""
    found = 0
    if insn.dst != NOREG and shape(insn.op).writes:
        found = 1 << insn.dst
    for register in insn.more_defs:
        found |= 1 << register
    return found


def live_out(code: Sequence[Insn]) -> list[int]:
    """For each instruction the registers that are read later, before they are written again."""
    needed = [uses(insn) for insn in code]
    written = [defines(insn) for insn in code]
    out = [0] * len(code)
    live_in = [0] * (len(code) + 1)
    falls = [shape(insn.op).next for insn in code]
    targets = [insn.target.at if isinstance(insn.target, Label) else -1 for insn in code]
    backward = any(0 <= target <= at for at, target in enumerate(targets))
    changed = True
    while changed:
        changed = False
        for at in range(len(code) - 1, -1, -1):
            after = live_in[at + 1] if falls[at] else 0
            if targets[at] >= 0:
                after |= live_in[targets[at]]
            out[at] = after
            before = (after & ~written[at]) | needed[at]
            if before != live_in[at]:
                live_in[at] = before
                changed = backward
    return out
