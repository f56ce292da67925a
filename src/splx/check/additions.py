"""Where the text of users adds to a word: reads it, computes with it, and writes it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splx.check.classes import plain_accesses
from splx.check.ours import is_ours
from splx.lang.source import line_span
from splx.machine.constants import F_IMM, F_NUM, NOREG
from splx.machine.table import ROWS
from splx.program.rows import shape

if TYPE_CHECKING:
    from splx.program.image import Image
    from splx.program.insn import Insn

READS, WRITES = 1, 2


def additions(image: Image) -> tuple[list[int], list[int]]:
    """For each instruction behind such a read, up to the write: the place of the write, 0 elsewhere. And for each
    whether it writes a word of a field to which something is added so.
    """
    insns, plain = image.insns, plain_accesses(image)
    targets = {insn.t for insn in insns if ROWS[insn.op].ends in ("jump", "branch") or insn.op == "SPIN"}
    between, fields = [0] * len(insns), set()
    for store, insn in enumerate(insns):
        if plain[store] == WRITES and _is_users(insn):
            load = _read_of(insns, plain, store, targets)
            if load >= 0:
                between[load + 1 : store + 1] = [store] * (store - load)
                fields.add(_field(insn))
    pairs = zip(plain, insns, strict=True)
    return between, [int(each == WRITES and _field(insn) in fields) for each, insn in pairs]


def _field(insn: Insn) -> tuple[type, str]:
    assert insn.of is not None
    return insn.of.cls, insn.of.field


def _is_users(insn: Insn) -> bool:
    """Whether an access is to a word of a class that the user has declared."""
    return not is_ours(line_span(*_field(insn)[0].__made_at__).file)  # type: ignore[attr-defined]


def _read_of(insns: list[Insn], plain: list[int], store: int, targets: set[int]) -> int:
    """Where the word was read that is written at `store` and follows from it; -1 nowhere."""
    insn, at = insns[store], store
    base = _registers(insn, _before_imm(insn))
    while at > 0 and at not in targets:
        at -= 1
        before = insns[at]
        if ROWS[before.op].ends not in ("", "branch") or (before.dst in base and shape(before.op).writes):
            return -1
        if plain[at] == READS and _place(before) == _place(insn):
            return at if _follows(insns, at, store) else -1
    return -1


def _follows(insns: list[Insn], load: int, store: int) -> bool:
    """Whether what is written at `store` is computed from what `load` has read."""
    made = {insns[load].dst}
    for insn in insns[load + 1 : store]:
        if shape(insn.op).writes:
            follows = bool(made & _registers(insn, shape(insn.op).reads))
            made = made | {insn.dst} if follows else made - {insn.dst}
    insn = insns[store]
    return bool(made & (_registers(insn, shape(insn.op).reads) - _registers(insn, _before_imm(insn))))


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
