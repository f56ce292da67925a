"""Values that Python code gives to kernel code: initial values of fields, and arguments of functions that are started.

Nothing but Python has looked at them, which takes any value for any other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from splx.lang.links import Handle as HandleObject
from splx.lang.links import LinkConst, NullRef
from splx.lang.sizes import SizeName
from splx.lang.types import Array, Bool, Func, Handle, Int, Ref, Slice, Struct

if TYPE_CHECKING:
    from splx.lang.types import Type

_TRUTH = (0, 1)


def suits(value: object, kind: Type) -> bool:
    """Whether `value` is of the kind that a parameter or field of type `kind` takes. Not whether a number fits."""
    if isinstance(kind, Ref):
        return isinstance(value, NullRef | None) or (kind.struct is not None and isinstance(value, kind.struct.cls))
    if isinstance(kind, Handle):
        return isinstance(value, kind.cls)
    if isinstance(kind, Func):
        return isinstance(value, NullRef | None) or callable(value)
    if isinstance(kind, Struct):
        return isinstance(value, kind.cls)
    if isinstance(kind, Array | Slice):
        return isinstance(value, list | tuple) and all(suits(each, kind.item) for each in value)
    if isinstance(kind, Bool):
        return isinstance(value, bool | LinkConst) or value in _TRUTH
    return isinstance(value, int | LinkConst | SizeName)


def may_hold(value: object, kind: Type) -> bool:
    """As `suits`, of a field: a whole word also holds what kernel code knows by one word, whatever that is."""
    if isinstance(kind, Int) and kind.bits == 64 and _is_word(value):
        return True
    if isinstance(kind, Array) and isinstance(value, list | tuple):
        return all(may_hold(each, kind.item) for each in value)
    return suits(value, kind)


def _is_word(value: object) -> bool:
    return isinstance(value, HandleObject | NullRef) or (hasattr(type(value), "__specs__"))


def in_words(value: object) -> str:
    """A value in a message."""
    if isinstance(value, type):
        return f"the class `{value.__name__}`"
    if isinstance(value, int | str | float | list | tuple | LinkConst | SizeName | NullRef | None):
        text = repr(value)
        return text if len(text) <= _LONG else f"{text[:_LONG]}..."
    return f"a `{type(value).__name__}`"


_LONG = 40
