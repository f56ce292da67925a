"""When a value of one type may stand where another is asked for, and how types are called in messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splx.lang.types import BOOL, I64, UNIT, Func, Handle, Int, Ref

if TYPE_CHECKING:
    from splx.lang.types import Type


def loaded(kind: Type) -> Type:
    """The type of the value that a field of type `kind` gives: every integer is I64."""
    return I64 if isinstance(kind, Int) else kind


def fits(value: Type, wanted: Type) -> bool:
    """Whether a value of type `value` may stand where `wanted` is asked for."""
    if value == wanted:
        return True
    if isinstance(value, Ref):
        if value.struct is None:
            return isinstance(wanted, Ref | Func)
        return isinstance(wanted, Ref) and wanted.struct is not None and issubclass(value.struct.cls, wanted.struct.cls)
    if isinstance(value, Handle):
        return isinstance(wanted, Handle) and issubclass(value.cls, wanted.cls)
    if isinstance(value, Func) and isinstance(wanted, Func):
        return _func_fits(value, wanted)
    return False


def _func_fits(value: Func, wanted: Func) -> bool:
    if wanted.params is None or value.params is None:
        return True
    same = len(value.params) == len(wanted.params) and fits(value.result, wanted.result)
    return same and all(fits(theirs, ours) for theirs, ours in zip(wanted.params, value.params, strict=True))


def common(one: Type, other: Type) -> Type | None:
    """The type that both fit, or None."""
    if fits(one, other):
        return other
    return one if fits(other, one) else None


def called(kind: Type) -> str:
    """A type as a message names it: with its article."""
    if kind == I64 or isinstance(kind, Int):
        return "an integer"
    if kind == BOOL:
        return "a truth value"
    if kind == UNIT:
        return "nothing"
    if isinstance(kind, Ref):
        return "NULL" if kind.struct is None else f"a reference to `{kind.struct.name}`"
    if isinstance(kind, Handle):
        return f"a `{kind.cls.__name__}`"
    return f"a function `{kind}`" if isinstance(kind, Func) else f"`{kind}`"
