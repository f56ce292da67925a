"""The text of one LLVM function while it grows: lines, numbered results, blocks, locals.

LLVM's own text form is written directly. It is shorter than building objects, says everything (alias tags, attributes)
and is what one reads when a speed question comes up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from splx.lang.native.types import value_type

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias

    from splx.lang.layout import Layouts
    from splx.lang.native.types import AliasTags
    from splx.lang.tree import Expression, Function
    from splx.lang.types import Type

    Emitter: TypeAlias = Callable[["Body", Any], str]

_EMITTERS: dict[type, Emitter] = {}


def emits(kind: type) -> Callable[[Emitter], Emitter]:
    """Register how expressions of one node class are written."""

    def register(emitter: Emitter) -> Emitter:
        _EMITTERS[kind] = emitter
        return emitter

    return register


class Unit(Protocol):
    """What a body needs to know of the module around it."""

    layouts: Layouts
    tags: AliasTags

    def symbol(self, func: Callable[..., Any]) -> str:
        """The LLVM name of `func`, which is part of the module."""

    def lent(self, func: Callable[..., Any]) -> dict[int, tuple[str, ...]]:
        """Which arguments of a call of `func` are local structs to hand over as copies, and what of them."""

    def declare(self, text: str) -> None:
        """Have `text`, the declaration of an LLVM intrinsic, in the module once."""


@dataclass(frozen=True, slots=True)
class Loop:
    """Where `continue` and `break` go: labels. `go_on`, if there is one, ends the round wherever `continue` stands."""

    again: str
    out: str
    go_on: Callable[[], None] | None = None


class Body:
    """One function. `block` is the label of the open block; None after a jump, until the next label. `stepped` is that
    in which a local last went on to the item behind (see `marks.following`).
    """

    def __init__(self, unit: Unit, function: Function) -> None:
        self.unit = unit
        self.function = function
        self.loops: list[Loop] = []
        self.block: str | None = "entry"
        self.stepped: str | None = None
        self._entry: list[str] = []
        self._lines: list[str] = []
        self._slots: dict[str, str] = {}
        self._count = 0

    def value(self, node: Expression) -> str:
        """Emit `node`; returns its value as an operand."""
        emitter = _EMITTERS.get(type(node))
        if emitter is None:
            raise TypeError(f"{type(node).__name__} is not engine code ({node.span})")
        return emitter(self, node)

    def let(self, text: str) -> str:
        """Emit an instruction with a result; returns the result's name."""
        self._count += 1
        name = f"%t{self._count}"
        self._lines.append(f"  {name} = {text}")
        return name

    def do(self, text: str) -> None:
        """Emit an instruction without a result."""
        self._lines.append(f"  {text}")

    def label(self, hint: str) -> str:
        """A new label, to be opened once."""
        self._count += 1
        return f"{hint}{self._count}"

    def open(self, label: str) -> None:
        """Start the block `label`; an open block falls through into it."""
        if self.block is not None:
            self.jump(label)
        self._lines.append(f"{label}:")
        self.block = label

    def jump(self, label: str) -> None:
        """End the open block with a jump; without one there is nothing to end."""
        self.end(f"br label %{label}")

    def branch(self, test: str, yes: str, no: str) -> None:
        """End the open block with a choice."""
        self.end(f"br i1 {test}, label %{yes}, label %{no}")

    def end(self, text: str) -> None:
        """End the open block with the terminator `text`."""
        if self.block is not None:
            self.do(text)
            self.block = None

    @property
    def here(self) -> str:
        """The label of the open block, as a phi wants it."""
        assert self.block is not None
        return self.block

    def phi(self, kind: str, *ways: tuple[str, str]) -> str:
        """The value that came along: `ways` are (value, label of the block it comes from)."""
        return self.let(f"phi {kind} " + ", ".join(f"[ {value}, %{label} ]" for value, label in ways))

    def slot(self, name: str, kind: Type) -> str:
        """The stack slot of the local `name`, made (and zeroed) in the entry block at first sight.

        LLVM turns the slots into registers; zeroing keeps a path without an assignment harmless.
        """
        found = self._slots.get(name)
        if found is None:
            found = self._slots[name] = f'%"{name}.at"'
            zero = {"i64": "0", "i1": "false", "ptr": "null"}[value_type(kind)]
            self._entry.append(f"  {found} = alloca {value_type(kind)}")
            self._entry.append(f"  store {value_type(kind)} {zero}, ptr {found}")
        return found

    def reserve(self, size: int, align: int) -> str:
        """Stack memory for a local struct, allocated in the entry block."""
        self._count += 1
        self._entry.append(f"  %s{self._count} = alloca [{size} x i8], align {align}")
        return f"%s{self._count}"

    def text(self) -> str:
        """The blocks of the function."""
        return "\n".join(["entry:", *self._entry, *self._lines])
