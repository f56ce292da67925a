"""Which functions may stand behind a function value.

Fields, locals, parameters and results that hold functions are united as values pass between them; what a call through
one of them can reach is every function that was put into any that it is united with. So the handlers of interrupt lines
and the functions of threads stay apart, as long as no code copies one into the other.
"""

# ruff: noqa: ANN401 - functions are of every signature

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, TypeAlias

from splx.lang import tree
from splx.lang.types import Func

if TYPE_CHECKING:
    from splx.lang.types import Type

Key: TypeAlias = Hashable


def field_key(cls: type, name: str) -> Key:
    """The values of one field of all structs of the class that declares it, those of classes derived from it too."""
    declared = (each for each in reversed(cls.__mro__) if name in vars(each).get("__specs__", ()))
    return ("field", next(declared, cls), name)


def local_key(func: Any, name: str) -> Key:
    """The values of one local or parameter of a function."""
    return ("local", func, name)


def result_key(func: Any) -> Key:
    """What a function returns."""
    return ("result", func)


def function_key(func: Any) -> Key:
    """The function itself, as a value."""
    return ("function", func)


class Flows:
    """Union-find over places that hold functions. `body` gives the function behind a slot."""

    def __init__(self, body: Callable[[Any], Any]) -> None:
        self._parent: dict[Key, Key] = {}
        self._body = body

    def root(self, key: Key) -> Key:
        """The representative of all that `key` is united with."""
        parent = self._parent.setdefault(key, key)
        while parent != self._parent[parent]:
            self._parent[key] = parent = self._parent[parent]
        return parent

    def unite(self, one: Key, other: Key) -> None:
        """Values pass between the two."""
        self._parent[self.root(one)] = self.root(other)

    def take(self, func: Any, key: Key) -> None:
        """A function is put where `key` says."""
        self.unite(function_key(self._body(func)), key)

    def functions(self) -> list[tuple[Any, Key]]:
        """Every function that is used as a value, with its root, in the order of first use."""
        return [(key[1], self.root(key)) for key in self._parent if isinstance(key, tuple) and key[0] == "function"]

    def assign(self, key: Key, value: tree.Expression, owner: Any) -> None:
        """The value of an expression of function `owner` is put where `key` says."""
        if isinstance(value, tree.FuncRef):
            self.take(value.func, key)
        elif isinstance(value, tree.Select):
            self.assign(key, value.then, owner)
            self.assign(key, value.other, owner)
        else:
            source = key_of(value, owner)
            if source is not None:
                self.unite(source, key)


def key_of(value: tree.Expression, owner: Any) -> Key | None:
    """Where the value of an expression of function `owner` comes from; None for constants and the like."""
    if isinstance(value, tree.Local):
        return local_key(owner, value.name)
    if isinstance(value, tree.Load):
        return place_key(value.place, owner)
    if isinstance(value, tree.Call):
        return result_key(value.func)
    return None


def place_key(place: tree.Place, owner: Any) -> Key | None:
    """The key of a place that holds functions."""
    if isinstance(place, tree.LocalPlace):
        return local_key(owner, place.name)
    struct = holder(place)
    named = [step.field for step in place.steps if step.field is not None]
    return None if struct is None or not named else field_key(struct, named[-1])


def holder(place: tree.FieldPlace) -> type | None:
    """The class of the struct in which the last named field of a place lies."""
    kind: Any = place.base.type
    found = None
    for step in place.steps:
        if step.field is not None:
            struct = getattr(kind, "struct", kind)
            found = struct.cls
        kind = step.type
    return found


def is_function(kind: Type) -> bool:
    """Whether values of this type are functions."""
    return isinstance(kind, Func)
