"""What `guarded_by` names: a field of the same struct, or a lock that is known where the class stands.

A lock is an object of a class with `owned_with` (the function that says whether the caller holds it), a word that is
not zero while it is held, or a function that takes a lock of which there is one, marked with the function that says
whether it is held (`held`).
"""

# ruff: noqa: ANN401 - locks are of the users' classes

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from splx.base.diagnostics import Diagnostic, SplxError
from splx.lang.marks import marks_of
from splx.lang.source import field_span
from splx.lang.struct import struct_of
from splx.lang.types import Int, Ref
from splx.lang.types import Struct as StructType
from splx.program import codes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: Guards that are no names of locks.
KINDS = ("", "atomic", "percpu", "stat", "ghost")

_HELP = "name a lock of the module, or a field of the struct that is a lock"


@dataclass(frozen=True, slots=True)
class Guard:
    """A lock by one of three: `field` of the struct itself, `lock`, an object, or nothing, for the one lock there is.
    `owned` says whether it is held; None: it is if the field is not zero.
    """

    name: str
    owned: Callable[..., Any] | None
    field: str = ""
    lock: Any = None


def guard_of(cls: type, name: str) -> Guard | None:
    """The guard of a field, None if it is none of a lock. SplxError L0510 if it names no lock."""
    guard = struct_of(cls).fields[name].guard
    if guard in KINDS:
        return None
    found = _of_field(cls, guard) or _of_name(_declarer(cls, name), guard)
    if found is None:
        message = f"field `{cls.__name__}.{name}` is guarded by `{guard}`, which is no lock that is known here"
        where = field_span(_declarer(cls, name), name)
        raise SplxError(Diagnostic(codes.NO_LOCK, message, where, help=_HELP))
    return found


def guard_problems(cls: type) -> Iterator[Diagnostic]:
    """L0510 for every field of a class whose guard names no lock."""
    for name in struct_of(cls).fields:
        try:
            guard_of(cls, name)
        except SplxError as error:
            yield from error.diagnostics


def _declarer(cls: type, name: str) -> type:
    declared = (each for each in reversed(cls.__mro__) if name in vars(each).get("__specs__", ()))
    return next(declared, cls)


def _of_field(cls: type, guard: str) -> Guard | None:
    field = struct_of(cls).fields.get(guard)
    if field is None:
        return None
    kind = field.type.struct if isinstance(field.type, Ref) else field.type
    if isinstance(kind, StructType) and hasattr(kind.cls, "owned_with"):
        return Guard(guard, kind.cls.owned_with, guard)
    return Guard(guard, None, guard) if isinstance(kind, Int) else None


def _of_name(cls: Any, guard: str) -> Guard | None:
    found = cls.__space__.get(guard)
    if hasattr(type(found), "owned_with"):
        return Guard(guard, type(found).owned_with, lock=found)
    held = marks_of(found).get("held")
    return None if held is None else Guard(guard, held)
