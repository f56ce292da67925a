"""What is known while one function is read: its names, the types of its locals, its loops, and its mistakes so far."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeAlias

from splx.base.diagnostics import Collector, Diagnostic, Span
from splx.lang import codes
from splx.lang.tree import LocalPlace

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Iterator

    from splx.lang.source import FunctionNode
    from splx.lang.tree import Expression
    from splx.lang.types import Type

    Located: TypeAlias = ast.expr | ast.stmt | ast.arg | ast.keyword | ast.alias


class Dialect(Enum):
    """Engine code becomes native code; kernel code becomes instructions of the machine."""

    ENGINE = "engine"
    KERNEL = "kernel"


class RefusedError(Exception):
    """Something was refused and its diagnostic is kept; nothing can be made of the statement it stands in."""


@dataclass(slots=True)
class Loop:
    """A loop around the current statement: the variable of a `for`, and what was assigned at each `break`."""

    variable: str | None
    breaks: list[set[str] | None] = field(default_factory=list)


@dataclass(slots=True)
class Held:
    """A `with` around the current statement: the lock, and the function that gives it back."""

    lock: Expression
    leave: Callable[..., Any]
    span: Span


@dataclass(slots=True)
class Work:
    """One function being read.

    `assigned` are the locals that surely have a value here; None means that control cannot come here, so that nothing
    is missing. A local of type None was assigned by a statement that was refused: its uses are passed over in silence.
    """

    func: Callable[..., Any]
    node: FunctionNode
    dialect: Dialect
    file: str
    result: Type
    assigned: set[str] | None
    local_names: frozenset[str]
    types: dict[str, Type | None]
    params: frozenset[str]
    around: list[Loop | Held] = field(default_factory=list)
    after_loop: set[str] = field(default_factory=set)
    errors: Collector = field(default_factory=Collector)
    calls: list[tuple[Callable[..., Any], Span]] = field(default_factory=list)
    #: Functions used as values.
    references: list[Callable[..., Any]] = field(default_factory=list)
    #: Intrinsics and calls through values, which may store or wait, in the order they were read.
    effects: list[Span] = field(default_factory=list)
    #: The function itself assigns to a field.
    stores: bool = False
    #: Calls inside the conditions of assertions.
    asserted: list[tuple[Callable[..., Any], Span]] = field(default_factory=list)
    #: What is read now serves assertions alone.
    claiming: bool = False
    temporaries: int = 0

    @property
    def kernel(self) -> bool:
        """Whether this is kernel code."""
        return self.dialect is Dialect.KERNEL

    def span(self, node: Located) -> Span:
        """The place of a node."""
        # `ast.parse` gives every node its end.
        end_line, end_col = node.end_lineno, node.end_col_offset
        return Span(self.file, node.lineno, node.col_offset, end_line, end_col)  # type: ignore[arg-type]

    def refuse(self, code: str, message: str, node: Located | Span, way_out: str | None = None) -> RefusedError:
        """Keep a diagnostic about `node`; to be raised, so that the statement is given up."""
        self.report(code, message, node, way_out)
        return RefusedError()

    def report(
        self, code: str, message: str, node: Located | Span, way_out: str | None = None, label: str = ""
    ) -> None:
        """Keep a diagnostic about `node` and go on."""
        span = node if isinstance(node, Span) else self.span(node)
        self.errors.add(Diagnostic(code, message, span, label, help=way_out))

    @contextmanager
    def claim(self, message: str) -> Iterator[None]:
        """What is read within serves assertions alone; `message` is for an operation that may change something."""
        before, effects, calls = self.claiming, len(self.effects), len(self.calls)
        self.claiming = True
        try:
            yield
        finally:
            self.claiming = before
        if len(self.effects) > effects:
            help_ = "do it before, and assert what it gave"
            raise self.refuse(codes.ASSERT_EFFECT, message, self.effects[effects], help_)
        self.asserted.extend(self.calls[calls:])

    def assign(self, name: str) -> None:
        """`name` has a value from here on."""
        if self.assigned is not None:
            self.assigned.add(name)

    def temporary(self, kind: Type, span: Span) -> LocalPlace:
        """A fresh local, whose name no user can write."""
        self.temporaries += 1
        name = f"%{self.temporaries}"
        self.types[name] = kind
        return LocalPlace(name, kind, span)


def join(one: set[str] | None, other: set[str] | None) -> set[str] | None:
    """What is assigned where two ways meet."""
    if one is None or other is None:
        return other if one is None else one
    return one & other
