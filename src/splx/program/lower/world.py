"""What lowering asks about everything outside the function at hand. The linker answers."""

# ruff: noqa: ANN401 - statics are of the users' classes, functions of every signature

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from splx.base.diagnostics import Span
    from splx.lang import tree
    from splx.lang.types import Struct
    from splx.program.flows import Flows, Key
    from splx.program.insn import Operand
    from splx.program.lower.calls import Facts
    from splx.program.lower.code import Code
    from splx.program.words import Words


@dataclass(frozen=True, slots=True)
class Target:
    """What a call goes to: the body, and whether its instructions are put in place of the call."""

    function: tree.Function
    inline: bool


class World(Protocol):
    """The system that a function is lowered for."""

    words: Words
    flows: Flows
    #: what is known of bodies, by identity
    facts: dict[int, Facts]
    #: whether code of a file is looked after: its variable indices, the locks of its fields, its contracts
    bounds: Callable[[str], bool]
    #: whether locks of fields are asserted at all: who only looks on holds none
    guards: bool
    #: for `context` and `level`, the function that asserts it
    contracts: Mapping[str, Callable[..., None]]

    def constant(self, value: Any, code: Code) -> int:
        """The number behind a constant: of the design, of the size class, a handle's, or itself."""

    def target(self, func: Any, args: list[Operand], code: Code) -> Target:
        """Whom a call of `func` reaches, which may be a slot. The call is at `code.span`."""

    def body(self, func: Any, span: Span) -> Any:
        """The function behind `func`, which may be a slot."""

    def struct(self, obj: Any) -> Struct:
        """The type of a static."""

    def entered(self, key: Key | None, span: Span) -> None:
        """Whoever is behind the function values of `key` starts contexts."""

    def account(self, function: tree.Function, outer: int | None) -> int:
        """The account of a function inlined into code of account `outer`, or on its own."""
