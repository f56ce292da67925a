"""Where the word lies that an instruction is about to use."""

from __future__ import annotations

from splx.check.choices import register
from splx.check.search import Search, Writes
from splx.lang.kernel import inline
from splx.machine.constants import NOREG


def address_of(s: Search, c: int, ctx: int, pc: int, how: int) -> int:
    """The address of a word that the instruction at `pc` reads or writes, 0 if there is no such word."""
    at = formed(s, c, ctx, pc, how)
    return at if at > 0 and at < s.machine.tables.words else 0


@inline
def formed(s: Search, c: int, ctx: int, pc: int, how: int) -> int:
    """An address; see Writes."""
    i = s.machine.tables.code[pc]
    own = s.machine.tables.percpu_base + c * s.machine.tables.percpu_stride
    if how == Writes.INDEXED:
        return register(s, ctx, i.a) + register(s, ctx, i.b) + i.imm
    base = register(s, ctx, i.a) if i.a != NOREG and how < Writes.FIXED else 0
    return base + i.imm + (0 if how == Writes.BASE else own)
