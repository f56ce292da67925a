"""What a path through a function costs in operations: the columns by which kernels are compared on paper.

The path counted is what a fast path is meant to be: no circles, and never into a function that is off it (marked
`@slow` or `@noinline`), nor into a panic. Among the paths that are left it is the one with the most operations;
`assume` decides tests by their text.

    fast_path_counts(image, splx)                               the level is lowered, nothing was pending
    fast_path_counts(image, splx, assume={"n >= old": True})    there is nothing to lower
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from splx.base.diagnostics import source_line
from splx.machine.constants import F_IMM, F_OWN, NOREG
from splx.machine.costs import Cost
from splx.machine.table import ROWS
from splx.program.rows import shape

if TYPE_CHECKING:
    from collections.abc import Iterable

    from splx.base.diagnostics import Span
    from splx.program.image import Function, Image
    from splx.program.insn import Insn

SELECTS = frozenset({"SEL", "MIN", "MAX"})
HARDWARE = frozenset({Cost.IRQ_FLAG, Cost.LEVEL})
CONTROLLER = frozenset({Cost.MASK, Cost.UNMASK, Cost.EOI})
DEVICE = frozenset({Cost.DEV_READ, Cost.DEV_WRITE})


@dataclass(slots=True)
class Counts:
    """Operations on a path.

    `reads` and `writes` are of private words, read-modify-writes not among them: `reads_with_rmw` and `writes_with_rmw`
    count those on private words too. `shared_lines` are different cache lines of shared words, `shared_reads` and
    `shared_writes` plain accesses to them. `plain_rmw` are those atomic against this CPU's interrupts only. `hardware`
    are accesses to the CPU's interrupt flag and level, `controller` and `device` to those.
    """

    locked: int = 0
    plain_rmw: int = 0
    private_rmw: int = 0
    shared_lines: int = 0
    shared_reads: int = 0
    shared_writes: int = 0
    reads: int = 0
    writes: int = 0
    branches: int = 0
    selects: int = 0
    hardware: int = 0
    controller: int = 0
    device: int = 0
    calls: int = 0
    instructions: int = 0
    path: list[int] = field(default_factory=list, repr=False, compare=False)

    @property
    def reads_with_rmw(self) -> int:
        """Reads of private words, those of read-modify-writes included."""
        return self.reads + self.private_rmw

    @property
    def writes_with_rmw(self) -> int:
        """Writes of private words, those of read-modify-writes included."""
        return self.writes + self.private_rmw


def fast_path_counts(
    image: Image, function: Callable[..., Any] | str, assume: Mapping[str, bool] | None = None, own: Iterable[type] = ()
) -> Counts:
    """What the fast path of `function` (or of the function of that name) costs.

    `own` are classes whose objects count as private, though their words are in shared memory: the running thread's.
    So do variables of the executing CPU.
    LookupError if every path leads off it, or if a text in `assume` is no test of the function.
    """
    start = image.find(function)
    paths = _Paths(image, dict(assume or {}))
    path = paths.through(start)
    if path is None:
        raise LookupError(
            f"every path through `{start.name}` leads into a function marked @slow or @noinline, or a panic"
        )
    unused = set(paths.assume) - paths.met
    if unused:
        raise LookupError(f"`{start.name}` does not test {' or '.join(f'`{each}`' for each in sorted(unused))}")
    return _count(image, path, frozenset(own))


def kind_test(image: Image, function: str) -> str | None:
    """The text of the test by which a function that serves locks of several kinds tells them apart; None without one.
    Its two ways are two mechanisms, and no path through both is anybody's fast path.
    """
    start = image.find(function)
    for insn in image.insns[start.start : start.end]:
        text = text_of(insn.span) if insn.is_branch else ""
        if re.fullmatch(r"\w+\.kind == \w+", text):
            return text
    return None


# ---- the path


@dataclass(frozen=True, slots=True)
class _Best:
    """The best way on from an instruction: how many operations, and the next one (-1: here it ends)."""

    weight: int
    next: int


class _Paths:
    """Best paths, function by function, from the end backwards."""

    def __init__(self, image: Image, assume: dict[str, bool]) -> None:
        self.image = image
        self.assume = assume
        self.met: set[str] = set()
        self._known: dict[int, dict[int, _Best]] = {}

    def through(self, function: Function) -> list[int] | None:
        """The instructions of the best path, calls followed; None if there is none."""
        best = self._best(function)
        if function.start not in best:
            return None
        path: list[int] = []
        pc = function.start
        while pc >= 0:
            path.append(pc)
            insn = self.image.insns[pc]
            if insn.op == "CALL":
                path += self.through(self._callee(insn)) or []
            pc = best[pc].next
        return path

    def _callee(self, insn: Insn) -> Function:
        callee = self.image.function_at(insn.t)
        assert callee is not None
        return callee

    def _best(self, function: Function) -> dict[int, _Best]:
        best = self._known.get(function.start)
        if best is None:
            best = self._known[function.start] = {}
            for pc in range(function.end - 1, function.start - 1, -1):
                found = self._from(pc, best)
                if found is not None:
                    best[pc] = found
        return best

    def _from(self, pc: int, best: Mapping[int, _Best]) -> _Best | None:
        insn = self.image.insns[pc]
        weight = _weight(insn)
        if insn.op == "CALL":
            callee = self._callee(insn)
            inside = None if callee.slow else self._best(callee).get(callee.start)
            if inside is None:
                return None
            weight += inside.weight
        if insn.op in {"RET", "LEAVE", "BECOME", "SWITCHX"}:
            return _Best(weight, -1)
        ways = [best[at] for at in self._ways(pc, insn) if at in best]
        nexts = [at for at in self._ways(pc, insn) if at in best]
        if not ways:
            return None
        at = max(range(len(ways)), key=lambda which: (ways[which].weight, -which))
        return _Best(weight + ways[at].weight, nexts[at])

    def _ways(self, pc: int, insn: Insn) -> list[int]:
        """Where the path may go on: forwards only."""
        if insn.op == "PANIC":
            return []
        if insn.op == "JMP":
            return [insn.t] if insn.t > pc else []
        if not insn.is_branch:
            return [pc + 1]
        text = text_of(insn.span)
        ways = {False: pc + 1, True: insn.t if insn.t > pc else -1}
        if text in self.assume:
            self.met.add(text)
            return [ways[self.assume[text] == insn.when]]
        return list(ways.values())


def _weight(insn: Insn) -> int:
    """Whether an instruction is an operation that counts."""
    if insn.assertion:
        return 0
    row = ROWS[insn.op]
    return int(bool(row.access) or insn.is_branch or insn.op in SELECTS or row.cost in HARDWARE | CONTROLLER | DEVICE)


def text_of(span: Span) -> str:
    """The user's text of a span, on one line."""
    first = source_line(span.file, span.line) or ""
    if span.end_line == span.line:
        return first.encode()[span.col : span.end_col].decode()
    middle = [source_line(span.file, line) or "" for line in range(span.line + 1, span.end_line)]
    last = source_line(span.file, span.end_line) or ""
    parts = [first.encode()[span.col :].decode(), *middle, last.encode()[: span.end_col].decode()]
    return " ".join(part.strip() for part in parts)


# ---- the counts


def _count(image: Image, path: list[int], own: frozenset[type]) -> Counts:
    counts = Counts(path=path)
    lines: set[object] = set()
    values = _Values()
    for pc in path:
        insn = image.insns[pc]
        if not insn.assertion:
            counts.instructions += 1
            _plain(counts, insn)
            _access(counts, insn, own, lines, values)
        values.after(insn)
    counts.shared_lines = len(lines)
    return counts


def _plain(counts: Counts, insn: Insn) -> None:
    cost = ROWS[insn.op].cost
    counts.branches += insn.is_branch or insn.op == "SPIN"
    counts.selects += insn.op in SELECTS
    counts.calls += insn.op in {"CALL", "CALLR"}
    counts.hardware += cost in HARDWARE
    counts.controller += cost in CONTROLLER
    counts.device += cost in DEVICE


def _access(counts: Counts, insn: Insn, own: frozenset[type], lines: set[object], values: _Values) -> None:
    access = ROWS[insn.op].access
    if not access:
        return
    private = not ROWS[insn.op].shared or (insn.of is not None and (insn.of.own or insn.of.cls in own))
    if not private:
        lines.add(values.line(insn))
    if access == "locked":
        counts.locked += 1
    elif access == "rmw":
        counts.plain_rmw += 1
        counts.private_rmw += private
    elif private:
        counts.reads += access == "load"
        counts.writes += access == "store"
    else:
        counts.shared_reads += access == "load"
        counts.shared_writes += access == "store"


class _Values:
    """Which registers hold the same value along a path: a number for each value, copies share it."""

    def __init__(self) -> None:
        self._of: dict[int, int] = {}
        self._next = 0

    def of(self, register: int) -> int:
        """The value that a register holds; NOREG always holds the same."""
        if register not in self._of:
            self._of[register] = self._fresh()
        return self._of[register]

    def _fresh(self) -> int:
        self._next += 1
        return self._next

    def line(self, insn: Insn) -> object:
        """The cache line of a shared access, as far as the program shows it. Structs begin on lines."""
        index = self.of(insn.b) if insn.op in {"LDX", "STX"} else None
        base = insn.flags & F_OWN if insn.a == NOREG else (self.of(insn.a),)
        return (base, index, insn.imm >> 3)

    def after(self, insn: Insn) -> None:
        """An instruction was executed."""
        if shape(insn.op).writes and insn.dst != NOREG:
            copies = insn.op == "MOV" and not insn.flags & F_IMM
            self._of[insn.dst] = self.of(insn.b) if copies else self._fresh()
