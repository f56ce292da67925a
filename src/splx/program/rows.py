"""What the compiler needs to know of an instruction, read off its row.

Nothing here says what an instruction does: which operand fields are registers, which of them is written, how control
goes on. All of it follows from the operand kinds and `ends` of the machine's rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from splx.machine.constants import F_IMM, F_NUM
from splx.machine.table import ROWS

if TYPE_CHECKING:
    from splx.program.insn import Insn

#: Control does not reach the next instruction.
NO_NEXT = frozenset({"JMP", "RET", "LEAVE", "BECOME", "SWITCHX", "PANIC"})

_READ = {"a": "a", "b": "b", "c": "c", "a?": "a", "b?": "b", "c?": "c"}


@dataclass(frozen=True, slots=True)
class Shape:
    """The operand fields of an instruction.

    `reads` and `writes` name fields that hold registers, `reads_number` those that are read where `b` is none;
    `b_or_imm`: B is `imm` when F_IMM is set; `b_or_number`: N is `b` itself when F_NUM is set; `optional`: fields that
    may be NOREG. `target`: `t` is a place in the program; `t_register`: it is a register; `bits`: it is the width of a
    store. `next`: control can reach the next instruction. `pure`: it only computes, and is neither seen by others nor
    able to fail.
    """

    reads: tuple[str, ...]
    reads_number: tuple[str, ...]
    writes: tuple[str, ...]
    optional: tuple[str, ...]
    b_or_imm: bool
    b_or_number: bool
    has_imm: bool
    target: bool
    t_register: bool
    bits: bool
    next: bool
    pure: bool


@cache
def shape(op: str) -> Shape:
    """The shape of an instruction. KeyError if the machine has no such row."""
    row = ROWS[op]
    kinds = row.operands
    branches = row.ends in {"jump", "branch", "call"}
    reads = [_READ[kind] for kind in kinds if kind in _READ]
    if "B" in kinds or "N" in kinds:
        reads.append("b")
    if "t" in kinds and not branches:
        reads.append("t")
    return Shape(
        reads=tuple(reads),
        reads_number=tuple(name for name in reads if name != "b"),
        writes=("dst",) if "dst" in kinds or "dst?" in kinds else (),
        optional=tuple(kind[:-1] for kind in kinds if kind.endswith("?")),
        b_or_imm="B" in kinds,
        b_or_number="N" in kinds,
        has_imm="imm" in kinds,
        target="t" in kinds and branches,
        t_register="t" in kinds and not branches,
        bits="bits" in kinds,
        next=op not in NO_NEXT,
        pure=not (row.touches or row.ends or row.access or row.drains) and op not in _MAY_FAIL,
    )


def reads(insn: Insn) -> tuple[str, ...]:
    """The fields of an instruction that hold registers which it reads."""
    form = shape(insn.op)
    return form.reads_number if insn.flags & (F_IMM | F_NUM) else form.reads


def fits(number: int) -> bool:
    """Whether a number can be an operand N."""
    return -0x8000 <= number < 0x8000


#: Instructions on registers alone that can be a finding, or are there for their effect.
_MAY_FAIL = frozenset(
    {
        "NOP",
        "DIV",
        "MOD",
        "ASSERT",
        "AEQ",
        "ANE",
        "ALT",
        "ALE",
        "AGT",
        "AGE",
        "AANY",
        "ANONE",
        "PANIC",
        "ELAPSED",
        "WORK",
    }
)

_INVERSE = {"BEQ": "BNE", "BNE": "BEQ", "BLT": "BGE", "BGE": "BLT", "BLE": "BGT", "BGT": "BLE", "BANY": "BNONE",
            "BNONE": "BANY"}  # fmt: skip


def is_branch(op: str) -> bool:
    """Whether this is a conditional branch of the program (SPIN, which goes back by itself, is not)."""
    return op in _INVERSE


def inverse(op: str) -> str:
    """The branch that is taken exactly when `op` is not."""
    return _INVERSE[op]
