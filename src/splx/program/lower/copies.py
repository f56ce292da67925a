"""Copies followed: what is read through a copy is read from where it came.

`MOV x, y` then `ADD x, x, #1` becomes `ADD x, y, #1`, and a number in a register becomes an immediate where the row has
room for one. A copy holds within straight code, and everywhere if neither side is ever written again. Branches that
are decided by then become jumps or nothing. The copies themselves go when nobody reads them any more.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from splx.machine.constants import F_IMM, F_NUM, NOREG
from splx.program.insn import Imm, Label
from splx.program.lower.fold import numbers
from splx.program.rows import fits, is_branch, reads, shape

if TYPE_CHECKING:
    from collections.abc import Collection

    from splx.program.insn import Insn, Operand


def follow_copies(code: list[Insn], windows: Collection[int], given: Collection[int]) -> list[Insn]:
    """Rewrite what instructions read; returns those that are left.

    Registers of `windows` are left alone: calls overwrite them. Those `given` are written before the first instruction.
    """
    leaders = {insn.target.at for insn in code if isinstance(insn.target, Label)}
    always = _always(code, windows, given)
    known = dict(always)
    left: list[Insn] = []
    for at, insn in enumerate(code):
        if at in leaders:
            known = dict(always)
        _rewrite(insn, known)
        if not _decided(insn, known):
            left.append(insn)
        for register in _written(insn):
            if register not in always:
                _forget(known, register)
        copied = _copied(insn, windows)
        if copied is not None:
            known[insn.dst] = copied
    return left


def _always(code: list[Insn], windows: Collection[int], given: Collection[int]) -> dict[int, Operand]:
    """Registers that are written once, with a number or with what was given and is never written."""
    writes = Counter(given)
    for insn in code:
        writes.update(_written(insn))
    found: dict[int, Operand] = {}
    for insn in code:
        copied = _copied(insn, windows)
        if copied is None or writes[insn.dst] != 1:
            continue
        if isinstance(copied, Imm) or (copied in given and writes[copied] == 1):
            found[insn.dst] = copied
    return found


def _copied(insn: Insn, windows: Collection[int]) -> Operand | None:
    """What a copy copies; None if this is none, or one that cannot be followed."""
    if insn.op != "MOV" or insn.dst in windows or insn.assertion:
        return None
    if insn.flags & F_IMM:
        return Imm(insn.imm, insn.reloc)
    return insn.b if insn.b not in windows and insn.b != insn.dst else None


def _written(insn: Insn) -> tuple[int, ...]:
    return (*(getattr(insn, name) for name in shape(insn.op).writes), *insn.more_defs)


def _decided(insn: Insn, known: dict[int, Operand]) -> bool:
    """Whether a branch never goes. One that always goes becomes a jump."""
    left = known.get(insn.a)
    if not is_branch(insn.op) or not insn.flags & F_IMM or not isinstance(left, Imm):
        return False
    goes = numbers(insn.op[1:], left, Imm(insn.imm, insn.reloc))
    if goes is None or not goes.value:
        return goes is not None
    insn.op, insn.a, insn.imm, insn.flags = "JMP", NOREG, 0, insn.flags & ~F_IMM
    return False


def _rewrite(insn: Insn, known: dict[int, Operand]) -> None:
    form = shape(insn.op)
    for name in reads(insn):
        value = known.get(getattr(insn, name))
        if isinstance(value, int):
            setattr(insn, name, value)
        elif value is not None and name == "b" and form.b_or_imm:
            insn.b, insn.imm, insn.reloc = NOREG, value.value, value.reloc
            insn.flags |= F_IMM
        elif value is not None and name == "b" and form.b_or_number and value.reloc is None and fits(value.value):
            insn.b = value.value & 0xFFFF
            insn.flags |= F_NUM


def _forget(known: dict[int, Operand], register: int) -> None:
    """`register` is written: copies of it and from it are worth nothing now."""
    known.pop(register, None)
    for copy in [copy for copy, source in known.items() if source == register and isinstance(source, int)]:
        del known[copy]
