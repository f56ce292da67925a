"""Copies followed: within straight code, what is read through a copy is read from where it came.

`MOV x, y` then `ADD x, x, #1` becomes `ADD x, y, #1`, and a number in a register becomes an immediate where the row has
room for one. The copies themselves go when nobody reads them any more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from splx.machine.constants import F_IMM, F_NUM, NOREG
from splx.program.insn import Imm, Label
from splx.program.rows import fits, reads, shape

if TYPE_CHECKING:
    from collections.abc import Collection

    from splx.program.insn import Insn, Operand


def follow_copies(code: list[Insn], windows: Collection[int]) -> None:
    """Rewrite what instructions read. Registers of `windows` are left alone: calls overwrite them."""
    leaders = {insn.target.at for insn in code if isinstance(insn.target, Label)}
    known: dict[int, Operand] = {}
    for at, insn in enumerate(code):
        if at in leaders:
            known.clear()
        _rewrite(insn, known)
        for register in (*(getattr(insn, name) for name in shape(insn.op).writes), *insn.more_defs):
            _forget(known, register)
        if insn.op == "MOV" and insn.dst not in windows and not insn.assertion:
            if insn.flags & F_IMM:
                known[insn.dst] = Imm(insn.imm, insn.reloc)
            elif insn.b not in windows and insn.b != insn.dst:
                known[insn.dst] = insn.b


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
