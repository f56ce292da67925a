"""Arithmetic on numbers that are known, and the simpler forms of operations with one known side."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING

from splx.lang.wide import wadd
from splx.program.insn import Imm

if TYPE_CHECKING:
    from collections.abc import Callable

    from splx.program.insn import Operand

#: operator of the language -> instruction
BINARY = {
    "+": "ADD",
    "-": "SUB",
    "*": "MUL",
    "//": "DIV",
    "%": "MOD",
    "&": "AND",
    "|": "OR",
    "^": "XOR",
    "<<": "SHL",
    ">>": "SHR",
    "min": "MIN",
    "max": "MAX",
}
COMMUTES = frozenset({"ADD", "MUL", "AND", "OR", "XOR", "MIN", "MAX"})

#: comparison of the language -> suffix of the instructions that compare
COMPARE = {"==": "EQ", "!=": "NE", "<": "LT", "<=": "LE", ">": "GT", ">=": "GE"}
#: the same comparison with its sides exchanged
MIRROR = {"EQ": "EQ", "NE": "NE", "LT": "GT", "LE": "GE", "GT": "LT", "GE": "LE"}
OPPOSITE = {"EQ": "NE", "NE": "EQ", "LT": "GE", "GE": "LT", "LE": "GT", "GT": "LE"}

_ON_NUMBERS: dict[str, Callable[[int, int], int]] = {
    "ADD": operator.add,
    "SUB": operator.sub,
    "MUL": operator.mul,
    "DIV": operator.floordiv,
    "MOD": operator.mod,
    "AND": operator.and_,
    "OR": operator.or_,
    "XOR": operator.xor,
    "SHL": operator.lshift,
    "SHR": operator.rshift,
    "USHR": lambda a, n: (a & ((1 << 64) - 1)) >> n,
    "MIN": min,
    "MAX": max,
    "EQ": operator.eq,
    "NE": operator.ne,
    "LT": operator.lt,
    "LE": operator.le,
    "GT": operator.gt,
    "GE": operator.ge,
    "ANY": lambda a, b: a & b != 0,
    "NONE": lambda a, b: a & b == 0,
}

#: (instruction, right side) -> the result is the left side
_SAME = frozenset(
    {("ADD", 0), ("SUB", 0), ("OR", 0), ("XOR", 0), ("SHL", 0), ("SHR", 0), ("USHR", 0), ("MUL", 1), ("DIV", 1),
     ("AND", -1)}
)  # fmt: skip


def numbers(op: str, left: Operand, right: Operand) -> Imm | None:
    """The result if it is known now: `op` is an instruction, or the suffix of a comparison."""
    if not (isinstance(left, Imm) and isinstance(right, Imm)):
        return None
    if right.reloc is not None or left.reloc is not None:
        # An address plus or minus a number is an address.
        if op in {"ADD", "SUB"} and right.reloc is None:
            return Imm(left.value + (right.value if op == "ADD" else -right.value), left.reloc)
        if op == "ADD" and left.reloc is None:
            return Imm(left.value + right.value, right.reloc)
        return None
    if (op in {"DIV", "MOD"} and right.value == 0) or (op in {"SHL", "SHR", "USHR"} and not 0 <= right.value < 64):
        return None
    return Imm(wadd(int(_ON_NUMBERS[op](left.value, right.value)), 0))


def simpler(op: str, left: Operand, right: Operand) -> tuple[str, Operand, Operand]:
    """The same operation with a number on the right where the sides can be exchanged, and without dear instructions."""
    if isinstance(left, Imm) and op in COMMUTES:
        left, right = right, left
    if isinstance(right, Imm) and right.reloc is None and right.value > 0 and right.value & (right.value - 1) == 0:
        shift = right.value.bit_length() - 1
        if op == "MUL":
            return "SHL", left, Imm(shift)
        if op == "DIV":
            return "SHR", left, Imm(shift)
        if op == "MOD":
            return "AND", left, Imm(right.value - 1)
    return op, left, right


def trivial(op: str, left: Operand, right: Operand) -> Operand | None:
    """The result if no instruction is needed because of the number on the right."""
    if isinstance(right, Imm) and right.reloc is None:
        if (op, right.value) in _SAME:
            return left
        if (op, right.value) in {("AND", 0), ("MUL", 0)}:
            return Imm(0)
    return None
