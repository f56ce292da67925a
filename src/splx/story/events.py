"""What one executed instruction is called in a drawing.

Most instructions are called nothing: they compute. Those that touch memory, the CPU, the controller or a device are
events, and so is every arrival in a function and every way out of one, whether it was called or compiled into its
caller. One instruction can be several: a store that is the last thing a function does is the store and the return.

An `Observer` looks before an instruction and after it. It knows the rows of the machine, and the program and its names
only by what it asks of them, so that whoever executes instructions can say in these words what happened.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from splx.lang.intrinsic import spec_of
from splx.lang.types import UNIT
from splx.machine import intrinsics
from splx.machine.constants import F_IMM, F_NUM, F_OWN, NOREG
from splx.machine.table import ROWS
from splx.story.language import Call, Event, Fails, Read, Returns, Spins, Value, Write

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


class Machine(Protocol):
    """What is looked at."""

    def context(self, cpu: int) -> int:
        """The context that a CPU runs."""

    def pc(self, context: int) -> int:
        """Where a context is."""

    def registers(self, context: int) -> Sequence[int]:
        """The registers of a context."""

    def word(self, address: int) -> int:
        """A word, as the CPU that has just moved sees it."""


class Program(Protocol):
    """The program: an image."""

    @property
    def insns(self) -> Sequence[Any]:
        """The instructions."""

    @property
    def percpu_base(self) -> int:
        """The address of the block of CPU 0."""

    @property
    def percpu_stride(self) -> int:
        """Words from one block to the next."""

    def function_at(self, pc: int) -> Any:  # noqa: ANN401 - a function of the program
        """The function in which `pc` lies, or None."""


class Words(Protocol):
    """What things are called."""

    def place(self, address: int, cpu: int) -> str:
        """A word, as code on `cpu` calls it."""

    def content(self, address: int, number: int) -> Value:
        """A value that the word at `address` holds."""

    def argument(self, kind: object, number: int) -> Value:
        """A value of a type of the language."""

    def thing(self, kind: str, number: int) -> Value:
        """An "irq", a "context" or a "device"."""


#: row -> what kernel code calls it
CALLED: dict[str, str] = {
    row: name
    for name, stub in vars(intrinsics).items()
    if spec_of(stub) is not None
    for row in re.findall(r"(?<![-\w])[A-Z][A-Z0-9]+", (stub.__doc__ or "").partition(":")[0])
    if row in ROWS
}

#: operations that are no events: they say nothing that matters to anybody else, or their event is where they lead.
_SILENT = frozenset({"CPU", "SELF", "BELOW", "MARK", "STAT", "DRAW", "ENTER", "BECOME", "LEAVE"})

#: rows whose operand a is the number of something with a name
_THINGS = {
    "MASK": "irq", "UNMASK": "irq", "EOI": "irq", "ROUTE": "irq", "RETRIG": "irq",
    "SWITCH": "context", "SWITCHX": "context", "RDPC": "context", "WRPC": "context",
    "DEVRD": "device", "DEVWR": "device",
}  # fmt: skip

#: rows whose outcome is a choice
CHOICES = frozenset({"CHOOSE", "ELAPSED"})


@dataclass(frozen=True, slots=True)
class Frame:
    """A function that control is in. `window` is its first register if it was called, -1 if it was compiled in."""

    key: tuple[object, ...]
    name: str
    window: int
    tree: Any


@dataclass(frozen=True, slots=True)
class Look:
    """A CPU before an instruction."""

    cpu: int
    context: int
    pc: int
    insn: Any
    frames: tuple[Frame, ...]
    operands: dict[str, int]
    address: int


class Observer:
    """Says what happened. One for each run, from its beginning: it remembers who called whom in every context (a
    function that does not return forgets), and what every busy-wait has read.
    """

    def __init__(self, program: Program, words: Words) -> None:
        self.program = program
        self.words = words
        self._calls: dict[int, list[int]] = {}
        self._read: dict[int, list[tuple[int, str]]] = {}
        self._asked: dict[int, list[tuple[tuple[str, int], Read]]] = {}  # what assertions have read, and on which line
        self._at: dict[tuple[int, int], tuple[Frame, ...]] = {}  # by instruction and that of the call

    def look(self, machine: Machine, cpu: int) -> Look:
        """Before an instruction of `cpu`."""
        context = machine.context(cpu)
        pc, regs = machine.pc(context), machine.registers(context)
        insn = self.program.insns[pc]
        operands = {name: _operand(insn, name, regs) for name in ROWS[insn.op].operands}
        address = self.address(insn, cpu, regs) if ROWS[insn.op].access else 0
        return Look(cpu, context, pc, insn, self._frames(pc, context), operands, address)

    def events(self, before: Look, machine: Machine) -> list[Event]:
        """What the instruction that was executed since is called, in the order in which it happened."""
        own = list(self._own(before, machine))
        self._follow(before, machine)
        return own + list(self._moves(before, machine))

    def moved(self, before: Look, machine: Machine) -> list[Event]:
        """The work that the CPU was at is done, and control goes on behind it."""
        return list(self._moves(before, machine))

    def entered(self, machine: Machine, cpu: int) -> list[Event]:
        """The CPU has been made to start in its present context."""
        context = machine.context(cpu)
        self._calls[context] = []
        return list(self._arrivals(self._frames(machine.pc(context), context), machine, context))

    def begins(self, machine: Machine, context: int) -> list[Event]:
        """A context that no CPU has run yet is about to begin; nothing if it is elsewhere than at its start."""
        if not self._at_start(machine.pc(context)):
            return []
        return list(self._arrivals(self._frames(machine.pc(context), context), machine, context))

    def asked(self, before: Look) -> list[Event]:
        """What the assertion that fails here has read, this time."""
        found: list[Event] = []
        for line, read in reversed(self._asked.get(before.context, [])):
            if line != _line(before) or read in found:
                break
            found.append(read)
        return found[::-1]

    # ---- the instruction itself

    def _own(self, before: Look, machine: Machine) -> Iterator[Event]:
        op = before.insn.op
        row = ROWS[op]
        if row.access:
            yield from self._access(before, machine)
        elif op == "SPIN":
            if machine.pc(before.context) != before.pc + 1:
                yield Spins(self._seen(before))
        elif op in CALLED and op not in _SILENT:
            yield Call(CALLED[op], tuple(self._arguments(before)))
            if op in CHOICES:
                yield Returns(CALLED[op], Value(str(result := _result(before, machine)), result))

    def _access(self, before: Look, machine: Machine) -> Iterator[Event]:
        access, op = ROWS[before.insn.op].access, before.insn.op
        place = self.words.place(before.address, before.cpu)
        if access == "load":
            self._read.setdefault(before.context, []).append((before.pc, place))
            read = Read(place, self.words.content(before.address, _result(before, machine)))
            if before.insn.assertion:
                self._asked.setdefault(before.context, []).append((_line(before), read))
            else:
                yield read
        elif op.startswith("CAS") and not _result(before, machine):
            yield Fails(place, CALLED[op])
        else:
            value = self.words.content(before.address, machine.word(before.address))
            yield Write(place, value, "" if access == "store" else CALLED[op])

    def _seen(self, before: Look) -> tuple[str, ...]:
        """What the busy-wait that ends here has read this time."""
        seen = self._read.pop(before.context, [])
        first = len(seen)
        while first and before.insn.t <= seen[first - 1][0] <= before.pc:
            first -= 1
        return tuple(dict.fromkeys(place for _, place in seen[first:]))

    def _arguments(self, before: Look) -> Iterator[Value]:
        kind = _THINGS.get(before.insn.op)
        for name in ROWS[before.insn.op].operands:
            if name.startswith("dst"):
                continue
            number = before.operands[name]
            yield self.words.thing(kind, number) if kind and name == "a" else Value(str(number), number)

    def address(self, insn: Any, cpu: int, regs: Sequence[int]) -> int:  # noqa: ANN401 - an instruction
        """The word that an instruction of a memory row touches: what stands before the immediate, but for the result,
        is added to it.
        """
        row = ROWS[insn.op]
        parts = [name for name in row.operands[: row.operands.index("imm")] if not name.startswith("dst")]
        own = not row.shared or insn.flags & F_OWN
        base = self.program.percpu_base + cpu * self.program.percpu_stride if own else 0
        return int(base + insn.imm) + sum(_operand(insn, name, regs) for name in parts)

    # ---- where control went

    def _follow(self, before: Look, machine: Machine) -> None:
        """Keep account of the calls of every context."""
        op, calls = before.insn.op, self._calls.setdefault(before.context, [])
        if op in ("CALL", "CALLR"):
            calls.append(before.pc)
        elif op == "RET" and calls:
            calls.pop()
        elif op in ("LEAVE", "SWITCHX", "BECOME"):
            calls.clear()
        if op in ("ENTER", "BECOME"):
            self._calls[machine.context(before.cpu)] = []

    def _moves(self, before: Look, machine: Machine) -> Iterator[Event]:
        op = before.insn.op
        context = machine.context(before.cpu)
        after = self._frames(machine.pc(context), context)
        if op == "LEAVE":
            yield from (Returns(each.name) for each in reversed(before.frames))
        elif op in ("ENTER", "BECOME") or (op in ("SWITCH", "SWITCHX") and self._at_start(machine.pc(context))):
            yield from self._arrivals(after, machine, context)
        elif context == before.context:
            same = _common(before.frames, after)
            yield from self._returns(before, after, same, machine)
            yield from self._arrivals(after[same:], machine, context)

    def _at_start(self, pc: int) -> bool:
        """A context that was not run before begins now."""
        function = self.program.function_at(pc)
        return function is not None and function.kind == "entry" and function.start == pc

    def _returns(self, before: Look, after: Sequence[Frame], same: int, machine: Machine) -> Iterator[Event]:
        for each in reversed(before.frames[same:]):
            if before.insn.op == "RET" and each.window >= 0 and each.tree.result != UNIT:
                number = machine.registers(before.context)[each.window]
                yield Returns(each.name, self.words.argument(each.tree.result, number))
            else:
                yield Returns(each.name)

    def _arrivals(self, frames: Iterable[Frame], machine: Machine, context: int) -> Iterator[Event]:
        regs = machine.registers(context)
        for each in frames:
            if each.window < 0:
                yield Call(each.name)
            else:
                params = enumerate(each.tree.params, each.window)
                yield Call(each.name, tuple(self.words.argument(param.type, regs[at]) for at, param in params))

    def _frames(self, pc: int, context: int) -> tuple[Frame, ...]:
        """The functions that control is in, outermost first, through real calls and compiled-in ones."""
        frames: tuple[Frame, ...] = ()
        caller = -1
        for at in [*self._calls.get(context, ()), pc]:
            found = self._at.get((at, caller))
            if found is None:
                found = self._at[at, caller] = self._frames_at(at, caller)
            if found:
                frames += found
                caller = at
        return frames

    def _frames_at(self, pc: int, caller: int) -> tuple[Frame, ...]:
        """The function that has an instruction, and those compiled into it; none if it is of no function."""
        function = self.program.function_at(pc)
        if function is None:
            return ()
        called = Frame((function.start, caller), function.name, function.window, function.tree)
        return (called, *_compiled_in(self.program.insns[pc].origin))


def _compiled_in(origin: Any) -> list[Frame]:  # noqa: ANN401 - where an instruction comes from
    """The functions that were compiled into the one that has the instruction, outermost first."""
    found = []
    while origin.outer is not None:
        found.append(Frame((id(origin),), origin.function.name, -1, origin.function))
        origin = origin.outer
    return found[::-1]


def _common(one: Sequence[Frame], other: Sequence[Frame]) -> int:
    """How many frames are the same, from the outermost on."""
    same = 0
    for a, b in zip(one, other, strict=False):
        if a is not b and a.key != b.key:
            break
        same += 1
    return same


def _result(before: Look, machine: Machine) -> int:
    return int(machine.registers(before.context)[before.insn.dst])


def _operand(insn: Any, name: str, regs: Sequence[int]) -> int:  # noqa: ANN401 - an instruction
    """The value of an operand; of a missing one 0."""
    field = name.rstrip("?")
    if field in ("imm", "dst", "bits", "t", "m"):
        return int(insn.imm) if field == "imm" else 0
    if field == "B":
        return int(insn.imm) if insn.flags & F_IMM else regs[insn.b]
    if field == "N" and insn.flags & F_NUM:
        return int((insn.b ^ 0x8000) - 0x8000)
    register = getattr(insn, "b" if field == "N" else field)
    return 0 if register == NOREG else regs[register]


def _line(before: Look) -> tuple[str, int]:
    """The line of the text that an instruction is of."""
    return before.insn.span.file, before.insn.span.line
