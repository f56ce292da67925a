"""Instructions while a program is being built: names for opcodes, labels for targets, relocations for addresses.

Lowering makes them with virtual registers; `place` turns copies of them into the machine's: absolute registers and
program counters. Both forms are `Insn`, so that everything that reads programs (listing, counts, the loader) sees the
user's text behind each of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeAlias

from splx.machine.constants import NOREG
from splx.program.rows import is_branch

if TYPE_CHECKING:
    from splx.base.diagnostics import Span
    from splx.lang import tree


class Label:
    """A place in code under construction. `at` is its index once the code is a plain list."""

    __slots__ = ("at",)

    def __init__(self) -> None:
        self.at = -1


@dataclass(frozen=True, slots=True)
class At:
    """The address of a static; for a per-CPU one the offset of `field` in a CPU's block."""

    obj: Any
    field: str = ""


@dataclass(frozen=True, slots=True)
class Remote:
    """The address of a field of a per-CPU static in the block of CPU 0, or of CPU `cpu`."""

    obj: Any
    field: str
    cpu: int = 0


@dataclass(frozen=True, slots=True)
class Stride:
    """Words from one CPU's block to the next, as a shift."""


@dataclass(frozen=True, slots=True)
class Number:
    """The number of a function; `entry` when it is certain that it starts a context."""

    func: Any
    entry: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """The number of a message."""

    message: str
    span: Span


@dataclass(frozen=True, slots=True)
class Counter:
    """The index of a statistic."""

    name: str


@dataclass(frozen=True, slots=True)
class Site:
    """The index of a place that draws from a distribution: its counter of draws."""

    span: Span


@dataclass(frozen=True, slots=True)
class Accessed:
    """The field that an access is on. `own` says that it is a variable of the executing CPU."""

    cls: type
    field: str
    own: bool


Reloc: TypeAlias = At | Remote | Stride | Number | Text | Counter | Site


@dataclass(frozen=True, slots=True)
class Imm:
    """A number known now, or once the program has its addresses: `value` plus what `reloc` stands for."""

    value: int
    reloc: Reloc | None = None


#: What an expression is worth: a virtual register, or a number.
Operand: TypeAlias = int | Imm


class Inlined:
    """Where instructions come from: a function, and the calls through which it was inlined."""

    __slots__ = ("account", "chain", "function", "outer")

    def __init__(
        self, function: tree.Function, account: int, call: Span | None = None, outer: Inlined | None = None
    ) -> None:
        self.function = function
        self.account = account
        self.outer = outer
        #: spans of the inlined calls, innermost first
        self.chain: tuple[Span, ...] = () if call is None or outer is None else (call, *outer.chain)

    @property
    def functions(self) -> tuple[str, ...]:
        """Names, innermost first; one more than the chain has spans."""
        return (self.function.name, *(() if self.outer is None else self.outer.functions))

    def has_mark(self, mark: str) -> bool:
        """Whether this function, or one that it was inlined into, is marked so."""
        return mark in self.function.marks or (self.outer is not None and self.outer.has_mark(mark))


class Loop:
    """A loop as it is written. `outer` is the one around it, be it in the function that its own is inlined in;
    `goes_on` says that nothing written in it leads out of it.
    """

    __slots__ = ("depth", "goes_on", "outer")

    def __init__(self, outer: Loop | None) -> None:
        self.outer = outer
        self.goes_on = False
        self.depth: int = outer.depth + 1 if outer is not None else 0

    def holds(self, other: Loop | None) -> bool:
        """Whether what stands in `other` stands in this."""
        while other is not None and other is not self:
            other = other.outer
        return other is self


class Insn:
    """One instruction. Registers are virtual (see `Code`) until it is placed, absolute afterwards.

    `target` is a label while under construction; of a call, the callee. `t` is the final target, the bits of a store,
    or a register. `when` says of a branch whether it is taken when the user's test holds. `assertion` marks what only
    serves an `assert` (or a mark): a cost class of its own. `more_uses` and `more_defs` are registers that no operand
    field names. `of` is the field that a memory access is on. `within` is the loop it stands in, and `loop` says of
    a jump back to the beginning of which loop it goes.
    """

    __slots__ = (
        "a", "acct", "assertion", "b", "c", "dst", "flags", "imm", "loop", "more_defs", "more_uses", "of", "op",
        "origin", "reloc", "span", "t", "target", "when", "within",
    )  # fmt: skip

    def __init__(self, op: str, span: Span, origin: Inlined) -> None:
        self.op = op
        self.span = span
        self.origin = origin
        self.acct = origin.account
        self.flags = 0
        self.dst = self.a = self.b = self.c = NOREG
        self.imm = self.t = 0
        self.reloc: Reloc | None = None
        self.target: Any = None
        self.when = True
        self.within: Loop | None = None
        self.loop: Loop | None = None
        self.assertion = False
        self.of: Accessed | None = None
        self.more_uses: tuple[int, ...] = ()
        self.more_defs: tuple[int, ...] = ()

    def copy(self) -> Insn:
        """The same again, to be placed somewhere else."""
        new = Insn.__new__(Insn)
        (  # every instruction of a kernel is copied at every build: a loop over the names takes three times as long
            new.a, new.acct, new.assertion, new.b, new.c, new.dst, new.flags, new.imm, new.loop, new.more_defs,
            new.more_uses, new.of, new.op, new.origin, new.reloc, new.span, new.t, new.target, new.when, new.within,
        ) = _every(self)  # fmt: skip
        return new

    @property
    def function(self) -> str:
        """The name of the function whose text this comes from."""
        return self.origin.function.name

    @property
    def chain(self) -> tuple[Span, ...]:
        """Spans of the calls through which that text was inlined, innermost first."""
        return self.origin.chain

    @property
    def is_branch(self) -> bool:
        """Whether it goes to `target` on a condition. A spin is not one: its way back is part of it."""
        return is_branch(self.op)

    def machine_fields(self) -> tuple[str, int, int, int, int, int, int, int, int]:
        """What the machine executes: op, flags, dst, a, b, c, acct, t, imm."""
        return (self.op, self.flags, self.dst, self.a, self.b, self.c, self.acct, self.t, self.imm)

    def __repr__(self) -> str:
        return f"<{self.op} dst={self.dst} a={self.a} b={self.b} c={self.c} imm={self.imm} t={self.t}>"


_every = attrgetter(*Insn.__slots__)
