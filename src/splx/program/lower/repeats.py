"""What straight code computes or asserts a second time.

The same operation on registers that have not been written since becomes a copy of the first result, which goes when
registers are allocated. An assertion that those before it imply is dropped. Of loads nothing is assumed: between any
two instructions another CPU or an interrupt may write.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from splx.machine.constants import F_IMM, NOREG
from splx.program.insn import Label
from splx.program.lower.fold import BINARY
from splx.program.rows import reads, shape

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Set as AbstractSet

    from splx.program.insn import Insn, Reloc

    Operation: TypeAlias = tuple[str, int, int, int, int, int, Reloc | None]

#: Operations on registers that give the same whoever executes them, and cannot fail.
COMPUTE = frozenset(BINARY.values()) - {"DIV", "MOD"} | {"SEQ", "SNE", "SLT", "SLE", "SGT", "SGE", "SEL", "USHR"}
LEAST, GREATEST = -1 << 63, (1 << 63) - 1


def without_repeats(code: list[Insn], windows: AbstractSet[int]) -> list[Insn]:
    """Rewrite the second of two equal operations; returns what is left. Registers of `windows` are left alone."""
    leaders = {insn.target.at for insn in code if isinstance(insn.target, Label)}
    straight = Straight(windows)
    left = []
    for at, insn in enumerate(code):
        if at in leaders:
            straight = Straight(windows)
        if not straight.implies(insn):
            left.append(insn)
            straight.take(insn)
    return left


class Straight:
    """What is known within straight code."""

    def __init__(self, windows: AbstractSet[int]) -> None:
        self.windows = windows
        #: operation -> the instruction that has done it
        self.done: dict[Operation, Insn] = {}
        #: register -> the bounds that assertions have found
        self.bounds: dict[int, tuple[int, int]] = {}

    def implies(self, insn: Insn) -> bool:
        """Whether `insn` asserts what is known. Notes what it asserts otherwise."""
        if insn.op not in _BOUNDS or not insn.flags & F_IMM or insn.reloc is not None:
            return False
        low, high = _BOUNDS[insn.op](insn.imm)
        least, greatest = self.bounds.get(insn.a, (LEAST, GREATEST))
        if low <= least and greatest <= high:
            return True
        self.bounds[insn.a] = (max(low, least), min(high, greatest))
        return False

    def take(self, insn: Insn) -> None:
        """`insn` is executed."""
        key = self._operation(insn)
        before = None if key is None else self.done.get(key)
        if before is not None and (insn.assertion or not before.assertion):
            insn.op, insn.flags, insn.a, insn.b, insn.c = "MOV", insn.flags & ~F_IMM, NOREG, before.dst, NOREG
            insn.imm, insn.reloc = 0, None
            key = None
        for register in (*(getattr(insn, name) for name in shape(insn.op).writes), *insn.more_defs):
            self._forget(register)
        if key is not None and insn.dst not in _read(insn):
            self.done[key] = insn

    def _operation(self, insn: Insn) -> Operation | None:
        if insn.op not in COMPUTE or not self.windows.isdisjoint((insn.dst, *_read(insn))):
            return None
        return (insn.op, insn.flags, insn.a, insn.b, insn.c, insn.imm, insn.reloc)

    def _forget(self, register: int) -> None:
        """`register` is written."""
        self.bounds.pop(register, None)
        for key, insn in list(self.done.items()):
            if register == insn.dst or register in _read(insn):
                del self.done[key]


def _read(insn: Insn) -> tuple[int, ...]:
    return tuple(getattr(insn, name) for name in reads(insn))


_BOUNDS: dict[str, Callable[[int], tuple[int, int]]] = {
    "AEQ": lambda n: (n, n),
    "AGE": lambda n: (n, GREATEST),
    "AGT": lambda n: (n + 1, GREATEST),
    "ALE": lambda n: (LEAST, n),
    "ALT": lambda n: (LEAST, n - 1),
}
