"""Where the text of users changes a word by what it has read there.

It adds to a word: reads it, computes with it, and writes it back. What it has read is known to the end if it adds a
constant (`box.n += 1`). Or it takes what is there: reads a word, puts another value in its place, and goes on with what
it has read (`n = box.n; box.n = 0`). Or it moves it: what it has read is computed into another word before a constant
takes its place (`box.sum += box.n; box.n = 0`). What is only tested before the word is written (`if box.wanted:
box.wanted = 0`) is none of these: one who writes it in between may be served by what comes next, and nothing says
whether it is.

Of a variable of which each CPU has its own additions only are looked at: a thread that has read one may go on with
another one, on another CPU.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from splx.check.classes import plain_accesses
from splx.check.search import Class
from splx.lang.source import line_span
from splx.lang.struct import struct_of
from splx.machine.constants import F_IMM, F_NUM, NOREG
from splx.machine.table import ROWS
from splx.program.rows import shape
from splx.stage.ours import is_ours

if TYPE_CHECKING:
    from collections.abc import Sequence

    from splx.program.image import Image
    from splx.program.insn import Insn

READS, WRITES = 1, 2


@dataclass(frozen=True, slots=True)
class Changes:
    """By instruction. `between`: behind the read and up to the write of an addition or a move, the place of that write,
    0 elsewhere. `tears`: whether it writes a word of a field that is changed so somewhere. `moved`: whether it is the
    write of a move. `taken`: for the write of a taking 1 + the register that still has what was read, 0 elsewhere; for
    that of an addition of a constant 1 + the register with the sum. `added`: the constant, 0 elsewhere. `read`: for
    each such write the place of the read.
    """

    between: list[int]
    tears: list[int]
    moved: list[int]
    taken: list[int]
    added: list[int]
    read: list[int]


def changes(image: Image, klass: Sequence[int]) -> Changes:
    """Where a program does so, and somebody else may come in between: a move ends there. `klass` is by instruction."""
    insns = image.insns
    plain = [each or _own(insn) for each, insn in zip(plain_accesses(image), insns, strict=True)]
    targets = {insn.t for insn in insns if ROWS[insn.op].ends in ("jump", "branch") or insn.op == "SPIN"}
    found = Changes(*([0] * len(insns) for _ in range(6)))
    fields = set()
    for store, insn in enumerate(insns):
        load = _read_of(insns, plain, store, targets) if plain[store] == WRITES and _is_users(insn) else -1
        if load < 0 or not any(own & (Class.STOP | Class.GUARDED) for own in klass[load + 1 : store + 1]):
            continue
        found.read[store] = load
        same, made = _traced(insns, load, store)
        adds = bool(made & _stored(insn))
        constant = _constant(insns, load, store) if adds else 0
        if constant != 0:
            found.added[store], found.taken[store] = constant, 1 + min(_stored(insn))
            continue
        if not adds and not _own(insn) and _is_undisturbed(insns, plain, load, store):
            after = image.live[store + 1] if store + 1 < len(insns) else 0
            found.taken[store] = 1 + next((each for each in sorted(same) if after >> each & 1), -1)
            found.moved[store] = int(not found.taken[store] and _is_moved(insns, plain, load, store))
        if adds or found.moved[store]:
            found.between[load + 1 : store + 1] = [store] * (store - load)
            fields.add(_field(insn))
    for pc, insn in enumerate(insns):
        found.tears[pc] = int(plain[pc] == WRITES and _field(insn) in fields)
    return found


def _own(insn: Insn) -> int:
    """1 if an instruction reads, and 2 if it writes, a variable of which each CPU has its own; 0 otherwise."""
    row = ROWS[insn.op]
    if insn.of is None or "private" not in row.touches or row.access not in ("load", "store"):
        return 0
    guard = struct_of(insn.of.cls).fields[insn.of.field].guard
    return 0 if guard in ("atomic", "ghost", "stat") else READS if row.access == "load" else WRITES


def _field(insn: Insn) -> tuple[type, str]:
    assert insn.of is not None
    return insn.of.cls, insn.of.field


def _is_users(insn: Insn) -> bool:
    """Whether an access is to a word of a class that the user has declared."""
    return not is_ours(line_span(*_field(insn)[0].__made_at__).file)  # type: ignore[attr-defined]


def _read_of(insns: list[Insn], plain: list[int], store: int, targets: set[int]) -> int:
    """Where the word was read last that is written at `store`, in the same stretch of text; -1 nowhere."""
    insn, at = insns[store], store
    base = _registers(insn, _before_imm(insn))
    while at > 0 and at not in targets:
        at -= 1
        before = insns[at]
        if ROWS[before.op].ends not in ("", "branch") or (before.dst in base and shape(before.op).writes):
            return -1
        if plain[at] == READS and _place(before) == _place(insn):
            return at
    return -1


def _traced(insns: list[Insn], load: int, until: int) -> tuple[set[int], set[int]]:
    """The registers that have what `load` has read before the instruction at `until`, and those that have that or what
    was computed from it.
    """
    same, made = {insns[load].dst}, {insns[load].dst}
    for insn in insns[load + 1 : until]:
        if shape(insn.op).writes:
            of = _registers(insn, shape(insn.op).reads)
            same = same | {insn.dst} if insn.op == "MOV" and of & same else same - {insn.dst}
            made = made | {insn.dst} if of & made else made - {insn.dst}
    return same, made


def _constant(insns: list[Insn], load: int, store: int) -> int:
    """By how much more than what was read that is which is written; 0 if that is not known when a program is built."""
    more = {insns[load].dst: 0}
    for insn in insns[load + 1 : store]:
        if shape(insn.op).writes:
            adds, moves = insn.op in ("ADD", "SUB") and insn.flags & F_IMM, insn.op == "MOV" and not insn.flags & F_IMM
            of = more.get(insn.a) if adds else more.get(insn.b) if moves else None
            more.pop(insn.dst, None)
            if of is not None:
                more[insn.dst] = of + (insn.imm if insn.op == "ADD" else -insn.imm if insn.op == "SUB" else 0)
    return sum(more.get(each, 0) for each in _stored(insns[store]))


def _stored(insn: Insn) -> set[int]:
    """The register whose contents a write stores, if there is one."""
    return _registers(insn, shape(insn.op).reads) - _registers(insn, _before_imm(insn))


def _is_undisturbed(insns: list[Insn], plain: list[int], load: int, store: int) -> bool:
    """Whether all between the two is the user's own text, and none of it writes that field."""
    own = all(not is_ours(each.span.file) for each in insns[load : store + 1])
    written = [_field(insns[at]) for at in range(load, store) if plain[at] == WRITES]
    return own and _field(insns[store]) not in written


def _is_moved(insns: list[Insn], plain: list[int], load: int, store: int) -> bool:
    """Whether what `load` has read is computed into a word of users before a constant is written at `store`."""
    if _stored(insns[store]):
        return False
    for at in range(load + 1, store):
        same, made = _traced(insns, load, at)
        if plain[at] == WRITES and _is_users(insns[at]) and _stored(insns[at]) & (made - same):
            return True
    return False


def _place(insn: Insn) -> tuple[object, ...]:
    """What makes two accesses of one word the same, if no register changes in between."""
    return *_field(insn), insn.imm, *(getattr(insn, name) for name in _before_imm(insn))


def _before_imm(insn: Insn) -> tuple[str, ...]:
    """The operands of a memory row that its address is formed of."""
    operands = ROWS[insn.op].operands
    return tuple(each.rstrip("?") for each in operands[: operands.index("imm")] if not each.startswith("dst"))


def _registers(insn: Insn, fields: tuple[str, ...]) -> set[int]:
    names = {"b" if each == "N" else each.rstrip("?").lower() for each in fields}
    if insn.flags & (F_IMM | F_NUM):
        names -= {"b"}
    return {getattr(insn, name) for name in names if name in ("a", "b", "c")} - {NOREG}
