"""A function is lowered once for all systems that answer alike.

What lowering makes of a function follows from its text, from what it asks of the world and is told, and from nothing
else. So the questions are kept with what came of them. In a later system they are asked again, in the same order; if
every answer is the same, so is what comes of it, and what the world was told is told again. Kernels of one design, and
most of all designs, have most of their functions in common.
"""

# ruff: noqa: ANN401 - statics are of the users' classes, functions of every signature

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from splx.base.diagnostics import SplxError
from splx.program.lower import Lowered, lower
from splx.program.lower.world import Target

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

    from splx.base.diagnostics import Span
    from splx.lang import tree
    from splx.lang.types import Array, Struct, Type
    from splx.program.flows import Flows, Key
    from splx.program.insn import Operand
    from splx.program.lower.calls import Facts
    from splx.program.lower.code import Code
    from splx.program.lower.world import World
    from splx.program.words import Words

MOST = 8  # ways in which one function is kept

#: Function, and what all of its world is made with -> how it has been lowered, last first.
_known: dict[Hashable, list[Kept]] = {}


class ElsewhereError(Exception):
    """An answer would be a diagnostic at a place in code that is not being made."""


class _NoCode:
    """Stands for the code of a function that is not lowered again: only a diagnostic wants to know of it."""

    def __getattr__(self, _: str) -> Any:
        raise ElsewhereError


_NO_CODE = cast("Code", _NoCode())


@dataclass(slots=True)
class Kept:
    """What was asked while a function was lowered, with the answers; what the world was told; and what came of it."""

    asked: list[tuple[Callable[[World], Any], Any]] = field(default_factory=list)
    told: list[Callable[[World], None]] = field(default_factory=list)
    lowered: Lowered | None = None

    def answer(self, question: Callable[[World], Any], answer: Any) -> Any:
        """Note a question with its answer."""
        self.asked.append((question, answer))
        return answer

    def tell(self, world: World, what: Callable[[World], None]) -> None:
        """Tell the world, and note it."""
        self.told.append(what)
        what(world)

    def fits(self, world: World) -> bool:
        """Whether a world answers alike."""
        try:
            return all(question(world) == answer for question, answer in self.asked)
        except (SplxError, ElsewhereError):
            return False  # whoever lowers it will be told why


class _Listener:
    """A world, between the lowering of a function and the world that answers."""

    def __init__(self, world: World, kept: Kept) -> None:
        self._world = world
        self._kept = kept
        self.words = cast("Words", _Words(world, kept))
        self.facts: dict[int, Facts] = world.facts
        self.guards = world.guards
        self.contracts: Mapping[str, Callable[..., None]] = world.contracts
        self.flows = cast("Flows", _Flows(world, kept))
        self.bounds: Callable[[str], bool] = lambda file: kept.answer(partial(_bounds, file), world.bounds(file))

    def constant(self, value: Any, code: Code) -> int:
        return cast("int", self._kept.answer(partial(_constant, value), self._world.constant(value, code)))

    def target(self, func: Any, args: list[Operand], code: Code) -> Target:
        found = self._world.target(func, args, code)
        self._kept.answer(partial(_target, func, tuple(args)), (id(found.function), found.inline))
        return found

    def body(self, func: Any, span: Span) -> Any:
        return self._kept.answer(partial(_body, func, span), self._world.body(func, span))

    def struct(self, obj: Any) -> Struct:
        return self._world.struct(obj)

    def entered(self, key: Key | None, span: Span) -> None:
        self._kept.tell(self._world, partial(_entered, key, span))

    def account(self, function: tree.Function, outer: int | None) -> int:
        return self._world.account(function, outer)


class _Words:
    """What is asked of sizes, each once."""

    def __init__(self, world: World, kept: Kept) -> None:
        self._world = world
        self._kept = kept
        self._known: dict[tuple[str, Hashable], Any] = {}

    def _ask(self, what: str, of: Hashable) -> Any:
        if (what, of) not in self._known:
            question = partial(_words, what, of)
            self._known[what, of] = self._kept.answer(question, question(self._world))
        return self._known[what, of]

    def length(self, array: Array) -> int:
        return cast("int", self._ask("length", array))

    def stride(self, item: Type) -> int:
        return cast("int", self._ask("stride", item))

    def of(self, kind: Type) -> int:
        return cast("int", self._ask("of", kind))

    def offsets(self, struct: Struct) -> Mapping[str, int]:
        return cast("Mapping[str, int]", self._ask("offsets", struct))


def _words(what: str, of: Hashable, world: World) -> Any:
    return getattr(world.words, what)(of)


class _Flows:
    """What is told of function values."""

    def __init__(self, world: World, kept: Kept) -> None:
        self._world = world
        self._kept = kept

    def assign(self, key: Key, value: tree.Expression, owner: Any) -> None:
        self._kept.tell(self._world, lambda world: world.flows.assign(key, value, owner))

    def unite(self, one: Key, other: Key) -> None:
        self._kept.tell(self._world, lambda world: world.flows.unite(one, other))


def _bounds(file: str, world: World) -> bool:
    return world.bounds(file)


def _constant(value: Any, world: World) -> int:
    return world.constant(value, _NO_CODE)


def _target(func: Any, args: tuple[Operand, ...], world: World) -> tuple[int, bool]:
    found = world.target(func, list(args), _NO_CODE)
    return id(found.function), found.inline


def _body(func: Any, span: Span, world: World) -> Any:
    return world.body(func, span)


def _entered(key: Key | None, span: Span, world: World) -> None:
    world.entered(key, span)


def lowered(function: tree.Function, world: World) -> Lowered:
    """As `lower`, with its errors; but what was lowered before in a world that answers alike is not lowered again."""
    key = (function.func, world.guards, tuple(world.contracts.items()))
    before = _known.setdefault(key, [])
    for each in before:
        if each.lowered is not None and each.lowered.function is function and each.fits(world):
            for what in each.told:
                what(world)
            return each.lowered
    kept = Kept()
    kept.lowered = lower(function, _Listener(world, kept))
    _known[key] = [kept, *before][:MOST]
    return kept.lowered
