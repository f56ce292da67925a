"""Sums that serve as addresses and nothing else go into the loads and stores that they serve.

`ADD x, y, #8` then `LD z, [x+0]` becomes `LD z, [y+8]`, and `ADD x, y, i` then `LD z, [x+0]` becomes `LDX z, [y+i+0]`:
the machine adds up to two registers and a number in an access.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from splx.machine.constants import F_IMM, F_NUM, F_OWN
from splx.program.insn import Label
from splx.program.liveness import defines, uses
from splx.program.rows import reads, shape

if TYPE_CHECKING:
    from collections.abc import Collection

    from splx.program.insn import Insn

INDEXED = {"LD": "LDX", "ST": "STX"}


def fold_addresses(code: list[Insn], beyond: Collection[int]) -> list[Insn]:
    """Rewrite accesses; returns what is left. Registers `beyond` the frame are left alone: calls overwrite them."""
    many = sum(1 << register for register in beyond)
    once = many
    for insn in code:
        many |= once & defines(insn)
        once |= defines(insn)
    gone: set[int] = set()
    # The last first: what a sum is added to may be a sum itself.
    for at in range(len(code) - 1, -1, -1):
        insn = code[at]
        if insn.op == "ADD" and not many >> insn.dst & 1 and not uses(insn) & sum(1 << each for each in beyond):
            served = [each for k, each in enumerate(code) if k not in gone and uses(each) >> insn.dst & 1]
            if served and all(_serves(insn, each) for each in served) and _holds(code, at):
                for each in served:
                    _fold(insn, each)
                gone.add(at)
    return [insn for at, insn in enumerate(code) if at not in gone]


def _serves(total: Insn, access: Insn) -> bool:
    """Whether a sum is an address in `access`, and nothing else there, that the access could add by itself."""
    named = [name for name in reads(access) if getattr(access, name) == total.dst]
    if total.dst in access.more_uses or len(named) != 1 or (total.reloc is not None and access.reloc is not None):
        return False
    if access.op in INDEXED:
        takes = total.flags & F_IMM or access.op == "LD" or not access.flags & F_NUM
        return named == ["a"] and not access.flags & F_OWN and bool(takes)
    return access.op in INDEXED.values() and named[0] in ("a", "b") and bool(total.flags & F_IMM)


def _holds(code: list[Insn], at: int) -> bool:
    """Whether the parts of the sum at `at` are still what they were wherever it is used."""
    parts, total = uses(code[at]), 1 << code[at].dst
    if parts & total:
        return False
    seen: set[tuple[int, bool]] = set()
    work = [(at + 1, False)]
    while work:
        here, changed = work.pop()
        if here == at or here >= len(code) or (here, changed) in seen:
            continue
        seen.add((here, changed))
        insn = code[here]
        if changed and uses(insn) & total:
            return False
        changed = changed or bool(defines(insn) & parts)
        if isinstance(insn.target, Label):
            work.append((insn.target.at, changed))
        if shape(insn.op).next:
            work.append((here + 1, changed))
    return True


def _fold(total: Insn, access: Insn) -> None:
    """Add in the access."""
    if not total.flags & F_IMM:
        access.op = INDEXED[access.op]
        if access.op == "STX":
            access.c = access.b
        access.a, access.b = total.a, total.b
        return
    if access.a == total.dst:
        access.a = total.a
    else:
        access.b = total.a
    access.imm += total.imm
    access.reloc = access.reloc or total.reloc
