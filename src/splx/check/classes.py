"""What each instruction of a program is to a search: read off its row, and off where it stands.

An instruction on registers alone never ends a move: nobody can tell when it happens. One on words of its own CPU is
seen by that CPU's interrupts only. All others end a move before them, but inside an atomic function, and but for words
that only assertions look at: they are the running thread's or CPU's own, and its interrupts leave them as they were.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from splx.check.search import Class, Writes
from splx.lang.struct import struct_of
from splx.machine.constants import F_OWN, NOREG
from splx.machine.table import ROWS
from splx.program.rows import shape

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from splx.program.image import Image
    from splx.program.insn import Insn

#: Rows that mean nothing without a clock or a record of statistics.
SILENT = frozenset({"WORK", "DRAW", "MARK", "STAT", "STAMP"})
_TRIES = re.compile("(^|_)try")
_LOADS = frozenset({"load", "store", "rmw", "locked"})
_QUIET = frozenset({"statistics", "time"})


def classes(
    image: Image, *, tso: bool = False, single: bool = False, joins: Collection[str] = (), calm: Collection[str] = ()
) -> list[int]:
    """The class of every instruction. `single`: every instruction that is not silent ends a move. `joins` and `calm`:
    see `Bounds`.
    """
    spins = _spins(image.insns)
    found = [_alone(insn, tso=tso) for insn in image.insns]
    if single:
        pairs = zip(found, image.insns, strict=True)
        found = [each if insn.op in SILENT else each | Class.STOP for each, insn in pairs]
    for pc, (first, last, loads) in spins.items():
        found[pc] = (found[pc] | Class.WAITS) & ~Class.OWNABLE
        if loads == 1:
            # One look at one word is one step: at its end nothing is left of it.
            found[pc] = found[pc] | Class.STOP if pc == first else found[pc] & ~(Class.STOP | Class.GUARDED)
        if pc == last and loads == 1:
            found[pc] |= Class.SPIN
    found = _joined(image, _atomic(image, found), joins, calm)
    for pc, insn in enumerate(image.insns):
        if _tries(insn):
            found[pc] |= Class.TRIES
    if single:  # a context that runs nowhere still does what it can do there: the same comes to rest at the same place
        usual = classes(image, tso=tso, joins=joins, calm=calm)
        found = [each & ~Class.PURE | other & Class.PURE for each, other in zip(found, usual, strict=True)]
    return found


def _tries(insn: Insn) -> bool:
    """Whether it is of a function that is called so: `mutex_tryenter`, `try_take`; also where that is compiled in."""
    origin: Any = insn.origin
    while origin is not None:
        if _TRIES.search(origin.function.name):
            return True
        origin = origin.outer
    return bool(_TRIES.search(insn.function))


def _joined(image: Image, found: list[int], joins: Collection[str], calm: Collection[str]) -> list[int]:
    for pc, insn in enumerate(image.insns):
        if insn.op == "CALL" and found[pc] & Class.STOP and _is_atomic(image, insn.t):
            name = image.function_at(insn.t).name  # type: ignore[union-attr]
            found[pc] |= (Class.JOINS if name in joins else 0) | (Class.CALM if name in calm else 0)
    return found


def _reads(insn: Insn) -> bool:
    return ROWS[insn.op].access == "load" and "memory" in ROWS[insn.op].touches


def _ghost(insn: Insn) -> bool:
    """Whether it reads or writes a word that only assertions look at."""
    return insn.of is not None and struct_of(insn.of.cls).fields[insn.of.field].guard == "ghost"


def plain_accesses(image: Image) -> list[int]:
    """For each instruction 1 if it reads, and 2 if it writes, a shared word that is not marked atomic; 0 otherwise."""
    return [_plain(insn) for insn in image.insns]


def _plain(insn: Insn) -> int:
    found = _use(insn)
    return found if found in (1, 2) else 0


def uses(image: Image) -> list[int]:
    """The same with read-modify-writes, as bits: 1 it reads, 2 it writes, 4 it does both in one that is locked. A
    compare-and-swap writes, whatever it finds there.
    """
    return [_use(insn) for insn in image.insns]


def _use(insn: Insn) -> int:
    row = ROWS[insn.op]
    if insn.of is None or insn.of.own or "memory" not in row.touches:
        return 0
    if struct_of(insn.of.cls).fields[insn.of.field].guard in ("atomic", "ghost", "stat", "percpu"):
        return 0
    return {"": 0, "load": 1, "store": 2, "rmw": 3, "locked": 7}[row.access]


def _alone(insn: Insn, *, tso: bool) -> int:
    row = ROWS[insn.op]
    if insn.op in SILENT or (set(row.touches) <= _QUIET and not row.access and insn.op not in ("HALT", "FENCE")):
        return 0
    touches = set(row.touches)
    found = Class.DRAINS if row.drains else 0
    if insn.op == "FENCE":
        return found | (Class.STOP if tso else 0)
    if "memory" in touches and (row.access == "rmw" or (tso and row.access == "store")):
        found |= Class.STORE
    if insn.op == "CHOOSE":
        found |= Class.COUNTED | Class.STOP
    elif insn.op == "ELAPSED":
        found |= Class.CHOICE | Class.STOP
    if _ghost(insn):
        pass
    elif touches & {"memory", "line", "device", "context"} or insn.op == "HALT":
        found |= Class.STOP
    elif touches & {"private", "frame", "cpu"} and insn.op not in ("CPU", "BELOW"):
        found |= Class.GUARDED
    if found & (Class.STOP | Class.GUARDED) and row.access and row.name != "CAS2P":
        found |= Class.OWNABLE
    if touches & {"line", "device"}:
        found |= Class.LINES
    if insn.op in ("SWITCH", "SWITCHX"):
        found |= Class.SWITCHES
    if insn.op in ("WRPC", "RDPC"):
        found |= Class.CONTEXT
    return found


def _spins(insns: Sequence[Insn]) -> dict[int, tuple[int, int, int]]:
    """For each instruction of a busy-wait: its first, its last, and how many shared words it reads."""
    found = {}
    for last, insn in enumerate(insns):
        if insn.op == "SPIN":
            loads = sum(_reads(insns[pc]) for pc in range(insn.t, last + 1))
            for pc in range(insn.t, last + 1):
                found[pc] = insn.t, last, loads
    return found


def _atomic(image: Image, found: list[int]) -> list[int]:
    """Inside an atomic function nothing ends a move, and to look again is none; the call of one ends one."""
    for pc, insn in enumerate(image.insns):
        if _is_atomic(image, pc):
            found[pc] = found[pc] & ~(Class.STOP | Class.GUARDED) | Class.INSIDE
            found[pc] |= Class.SPIN if insn.op == "SPIN" else 0
        elif insn.op == "CALL" and _is_atomic(image, insn.t):
            found[pc] |= Class.STOP
    return [each | (Class.PURE if _is_pure(insn, each) else 0) for insn, each in zip(image.insns, found, strict=True)]


def _is_pure(insn: Insn, own: int) -> bool:
    """Whether nothing but registers decides what it does, nothing but registers changes, and it cannot fail."""
    goes = shape(insn.op).pure or ROWS[insn.op].ends in ("jump", "branch", "return", "call")
    touches = ROWS[insn.op].touches
    return goes and not touches and not own & (Class.STOP | Class.SPIN) and insn.op not in ("CALLR", "SPIN")


def _is_atomic(image: Image, pc: int) -> bool:
    function = image.function_at(pc)
    return function is not None and "atomic" in function.tree.marks


def writes(insn: Insn) -> Writes:
    """How the address of the word that an instruction writes is formed."""
    row = ROWS[insn.op]
    return form(insn) if row.access in ("store", "rmw", "locked") else Writes.NOTHING


def form(insn: Insn) -> Writes:
    """How the address of the word that an instruction reads or writes is formed."""
    row = ROWS[insn.op]
    if not row.access:
        return Writes.NOTHING
    if "private" in row.touches:
        if row.name == "CAS2P":
            return Writes.PAIR
        return Writes.PRIVATE if "a?" in row.operands else Writes.FIXED
    if row.name in ("STX", "LDX"):
        return Writes.INDEXED
    return Writes.OWN if insn.flags & F_OWN and insn.a == NOREG else Writes.BASE
