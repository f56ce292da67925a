"""Which instructions are worth a look: where locks are asked for, taken and released, where somebody may sleep, where
levels change, and where the user's handlers begin.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from splx.kernel.interface.locks import Mutex
from splx.kernel.interface.lwp import CpuInfo
from splx.kernel.interface.rw import RWLock
from splx.lockdep.watch import AFTER, BEFORE, LEVEL
from splx.machine.constants import F_OWN, NOREG
from splx.machine.table import ROWS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from splx.lockdep.subject import Subject
    from splx.program.image import Function

ENTER = frozenset({"mutex_enter", "mutex_spin_enter", "mutex_sleep_enter", "mutex_simple_enter", "rw_enter"})
TRY = frozenset({"mutex_tryenter", "mutex_spin_tryenter", "mutex_sleep_tryenter", "rw_tryenter"})
BIG = frozenset({"kernel_lock", "kernel_relock"})
SLEEP = frozenset({"cv_wait", "assert_sleepable"})
NAMED = ENTER | TRY | BIG | SLEEP
TURN_ON = frozenset({"IRQON", "IRQSET", "HALT"})  # what turns the interrupts of a CPU on
#: what says who holds a lock
_SAY = ((Mutex, "word"), (RWLock, "rw_readers"), (CpuInfo, "biglock_count"))


@dataclass(frozen=True, slots=True)
class Point:
    """Control is about to enter a function: `window` is its first register, -1 if it is compiled in here."""

    name: str
    func: Any
    window: int


class Points:
    """`marks` is what the engine wants to know of each program counter; `starts` what begins there; `asked` where a
    lock is first touched by a compiled-in `mutex_enter`.
    """

    def __init__(self, subject: Subject) -> None:
        image = subject.image
        self.marks = [0] * (len(image.insns) + 1)
        self.starts: dict[int, list[Point]] = {}
        self.levels = subject.level_field()
        named = NAMED if subject.has_big else NAMED - BIG
        roots = {id(func) for func in subject.roots}
        for function in image.functions:
            for pc, point in _starts(function, image.insns):
                if point.name in named or (id(point.func) in roots and point.window >= 0):
                    self.starts.setdefault(pc, []).append(point)
                    self.marks[pc] |= BEFORE
        for pc, insn in enumerate(image.insns):
            self.marks[pc] |= self._changes(insn)

    def _changes(self, insn: Any) -> int:  # noqa: ANN401 - an instruction
        """What is known only after it."""
        if insn.op in TURN_ON:
            return LEVEL
        if insn.of is None or ROWS[insn.op].access in ("", "load"):
            return 0
        what = (insn.of.cls, insn.of.field)
        if what == self.levels:
            return LEVEL
        return AFTER if what in _SAY else 0


def _starts(function: Function, insns: Sequence[Any]) -> Iterator[tuple[int, Point]]:
    """Where a function begins, and those that were compiled into it. Of a compiled-in `mutex_enter` it is the first
    touch of the lock, which says what lock it is.
    """
    yield function.start, Point(function.name, function.tree.func, function.window)
    seen: set[int] = set()
    for pc in range(function.start, function.end):
        for origin in _compiled_in(insns[pc].origin):
            name = origin.function.name
            if id(origin) not in seen and (name not in ENTER | TRY or _touches(insns[pc])):
                seen.add(id(origin))
                yield pc, Point(name, origin.function.func, -1)


def _compiled_in(origin: Any) -> Iterable[Any]:  # noqa: ANN401 - where an instruction comes from
    while origin.outer is not None:
        yield origin
        origin = origin.outer


def _touches(insn: Any) -> bool:  # noqa: ANN401 - an instruction
    return insn.of is not None and (insn.of.cls, insn.of.field) == (Mutex, "word")


def address(insn: Any, regs: Sequence[int], block: int) -> int:  # noqa: ANN401 - an instruction
    """The word that a memory instruction is about to touch; `block` is the per-CPU block of its CPU."""
    row = ROWS[insn.op]
    base = block if not row.shared or insn.flags & F_OWN else 0
    names = [name.rstrip("?") for name in row.operands[: row.operands.index("imm")] if not name.startswith("dst")]
    parts = (getattr(insn, name) for name in names)
    return int(base + insn.imm + sum(regs[part] for part in parts if part != NOREG))
