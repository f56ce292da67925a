"""Intrinsics: functions of one machine operation each, which the front end checks and passes on by name.

    @intrinsic(params=("place", "value", "value"), result=BOOL)
    def cas(place: int, old: int, new: int) -> bool: ...

The stub is what editors and type checkers see; in engine code its body is also what plain Python runs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, TypeVar, overload

from splx.lang.types import BOOL, I64, UNIT, Type

F = TypeVar("F", bound=Callable[..., Any])

#: What the user's code may put in one position. A trailing "?" makes it optional.
#:   int     an integer                          bool   a truth value
#:   place   a field: `m.word`, `m.slots[i]`      value  what fits the place before it
#:   ref     a reference to any struct            word   an integer, truth value, reference, handle or function
#:   func    a function, or a `Func` value        class  a struct class
#:   str     a literal text                       handle a handle of any class
#:   dist    a handle, or an integer (a time)
KINDS = ("int", "bool", "place", "value", "ref", "word", "func", "class", "str", "handle", "dist")

#: "place": the type of the first place. "class": a reference to the class given.
Result: TypeAlias = Type | Literal["place", "class"]


@dataclass(frozen=True, slots=True)
class IntrinsicSpec:
    """What an intrinsic takes and gives."""

    name: str
    params: tuple[str, ...]
    result: Result = UNIT
    #: Control never comes back: the end of a function behind it needs no `return`.
    leaves: bool = False
    #: May stand in the condition of `spin_while`: it neither stores nor waits.
    pure: bool = False

    @property
    def kinds(self) -> tuple[str, ...]:
        """Operand kinds without the marks of optional ones."""
        return tuple(each.removesuffix("?") for each in self.params)

    @property
    def required(self) -> int:
        """The number of arguments that a call must have."""
        return sum(not each.endswith("?") for each in self.params)


@overload
def intrinsic(params: F) -> F: ...


@overload
def intrinsic(
    params: tuple[str, ...] = (), result: Result = UNIT, *, name: str = "", leaves: bool = False, pure: bool = False
) -> Callable[[F], F]: ...


def intrinsic(
    params: Any = (), result: Result = UNIT, *, name: str = "", leaves: bool = False, pure: bool = False
) -> Any:
    """Make a stub function an intrinsic. A kind that is not of `KINDS` is a mistake of ours: ValueError.

    Without arguments (`@intrinsic` alone) the annotations of the stub say what it takes and gives, `int` and `bool`,
    and it is pure.
    """
    if callable(params):
        kinds, gives = _kinds_of(params)
        return intrinsic(kinds, gives, pure=True)(params)
    unknown = [each for each in params if each.removesuffix("?") not in KINDS]
    if unknown:
        raise ValueError(f"{unknown} are no operand kinds: {KINDS}")

    def mark(func: F) -> F:
        spec = IntrinsicSpec(name or func.__name__, tuple(params), result, leaves, pure)
        func.__intrinsic__ = spec  # type: ignore[attr-defined]
        return func

    return mark


def _kinds_of(func: Callable[..., Any]) -> tuple[tuple[str, ...], Result]:
    hints = {name: str(getattr(hint, "__name__", hint)) for name, hint in func.__annotations__.items()}
    results: dict[str, Result] = {"int": I64, "bool": BOOL, "None": UNIT}
    gives = results[hints.pop("return", "None")]
    return tuple(hints.values()), gives


def spec_of(func: object) -> IntrinsicSpec | None:
    """The description of an intrinsic, or None for any other object."""
    return getattr(func, "__intrinsic__", None)
