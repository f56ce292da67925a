"""Registers: many virtual ones onto the few of a frame.

There is never too little room, so nothing is spilled and copies may be removed without fear: wherever the two sides of
a copy are not needed at the same time for different values, they become one register. Then each gets the lowest place
that is free throughout its life. Parameters have theirs: the first of the frame, where the caller put them; so has the
result (the first), and the link register behind them.

Registers of *windows*, arguments on their way out and results on their way in, lie beyond the frame. Any call may
overwrite them, and those of two callees may be the same registers: they are joined with others only within these
limits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from splx.machine.constants import F_IMM
from splx.program.liveness import defines, live_out
from splx.program.rows import reads, shape

if TYPE_CHECKING:
    from splx.program.insn import Insn


@dataclass(frozen=True, slots=True)
class Frame:
    """Where each virtual register that is left is: place `home[r]` of the frame, or in the window of `away[r][0]`."""

    home: dict[int, int]
    away: dict[int, tuple[Any, int]]
    size: int


class Allocation:
    """The interference graph of one function, and its colouring."""

    def __init__(
        self, code: list[Insn], fixed: dict[int, int], windows: dict[int, tuple[Any, int]], entry: int
    ) -> None:
        self.code = code
        #: register -> its place in the frame, for those that have one
        self.fixed = dict(fixed)
        self.windows = dict(windows)
        self.parent: dict[int, int] = {}
        #: register -> the registers it must differ from
        self.near: dict[int, int] = {}
        #: registers that are needed across some call
        self.kept = 0
        self._interferences(entry)

    def root(self, register: int) -> int:
        """The register that stands for all those joined with this one."""
        while register in self.parent:
            register = self.parent[register]
        return register

    def _interferences(self, entry: int) -> None:
        """A register differs from all that are needed when it is written, but for the other side of a copy."""
        self._together(entry, entry)
        for insn, out in zip(self.code, live_out(self.code), strict=True):
            written = defines(insn)
            if insn.op in {"CALL", "CALLR"}:
                self.kept |= out & ~written
            others = out
            if insn.op == "MOV" and not insn.flags & F_IMM:
                others &= ~(1 << insn.b)
            self._together(written, others | written)

    def _together(self, some: int, others: int) -> None:
        near = self.near
        for register in members(some):
            apart = others & ~(1 << register)
            near[register] = near.get(register, 0) | apart
            for other in members(apart):
                near[other] = near.get(other, 0) | 1 << register

    def join_copies(self) -> None:
        """Make one register of the two sides of a copy, wherever that is possible."""
        for insn in self.code:
            if insn.op == "MOV" and not insn.flags & F_IMM:
                one, other = self.root(insn.dst), self.root(insn.b)
                if one != other and self._may_join(one, other):
                    self._join(one, other)

    def _may_join(self, one: int, other: int) -> bool:
        if self.near.get(one, 0) >> other & 1:
            return False
        if one in self.windows or other in self.windows:
            return self._may_go_out(one, other)
        if one in self.fixed and other in self.fixed:
            return self.fixed[one] == self.fixed[other]
        place = self.fixed.get(one, self.fixed.get(other))
        near = self.near.get(one, 0) | self.near.get(other, 0)
        return place is None or all(self.fixed.get(register) != place for register in members(near))

    def _may_go_out(self, one: int, other: int) -> bool:
        """Whether one register may lie in a window: not across calls, and never beside another callee's window."""
        if (one in self.windows and other in self.windows) or one in self.fixed or other in self.fixed:
            return False
        if (self.kept >> one | self.kept >> other) & 1:
            return False
        callee, place = self.windows[one] if one in self.windows else self.windows[other]
        for register in members(self.near.get(one, 0) | self.near.get(other, 0)):
            beside = self.windows.get(register)
            if beside is not None and (beside[0] != callee or beside[1] == place):
                return False
        return True

    def _join(self, one: int, other: int) -> None:
        """`other` becomes `one`."""
        near = self.near.pop(other, 0)
        self.near[one] = self.near.get(one, 0) | near
        for register in members(near):
            self.near[register] = self.near[register] & ~(1 << other) | 1 << one
        if self.kept >> other & 1:
            self.kept |= 1 << one
        if other in self.windows:
            self.windows[one] = self.windows.pop(other)
        if other in self.fixed:
            self.fixed[one] = self.fixed.pop(other)
        self.parent[other] = one

    def rename(self) -> list[Insn]:
        """The code with one register for all that were joined, without the copies that have become idle."""
        kept = []
        for insn in self.code:
            form = shape(insn.op)
            for name in (*reads(insn), *form.writes):
                setattr(insn, name, self.root(getattr(insn, name)))
            insn.more_uses = tuple(map(self.root, insn.more_uses))
            insn.more_defs = tuple(map(self.root, insn.more_defs))
            if not (insn.op == "MOV" and not insn.flags & F_IMM and insn.dst == insn.b):
                kept.append(insn)
        return kept

    def colour(self, registers: int) -> Frame:
        """Give every register the lowest place that is free, in the order in which they were made."""
        places = dict(self.fixed)
        for register in range(registers):
            if register in self.parent or register in places or register in self.windows:
                continue
            if register in self.near:
                taken = 0
                for other in members(self.near[register]):
                    if other in places:
                        taken |= 1 << places[other]
                places[register] = (~taken & (taken + 1)).bit_length() - 1
        home = {r: places[r] for r in range(registers) if r in places}
        away = {r: self.windows[r] for r in range(registers) if r in self.windows}
        return Frame(home, away, max(home.values(), default=-1) + 1)


def members(registers: int) -> list[int]:
    """The registers of a set, in order."""
    found = []
    while registers:
        low = registers & -registers
        found.append(low.bit_length() - 1)
        registers ^= low
    return found
