"""Structs: classes with annotated fields, and the types of those fields.

    class Insn(Struct):                     # engine code: structs inside structs lie there themselves
        op: u8
        imm: i64

    class Machine(Struct):
        clock: Array[i64] = array(CPUS)
        code: Array[Insn] = array(CODE)
        times: Slice[i64]

Kernel code takes `Struct` from `splx.lang.kernel`: there a field annotated with a struct class is a *reference*, one
word, unless it says `embedded()`. Instances made at module level are the kernel's statics: plain objects whose
attributes hold the initial values. `struct_of(cls)` is the type; annotations may name classes defined later.
"""

# ruff: noqa: ANN401 - a field holds what its class says, which only the user's class knows

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, ClassVar, Self

from splx.base.diagnostics import Diagnostic, SplxError
from splx.lang import codes
from splx.lang.fields import (
    MISSING,
    Array,
    FieldSpec,
    Items,
    Slice,
    array,
    atomic,
    embedded,
    ghost,
    guarded_by,
    percpu,
    stat,
)
from splx.lang.initial import in_words, may_hold
from splx.lang.links import NULL, Const, Handle, own_methods
from splx.lang.resolve import own_annotations, struct_of
from splx.lang.sizes import Size, SizeName, Sizes
from splx.lang.source import line_span
from splx.lang.types import Array as ArrayType
from splx.lang.types import Bool, Int, Ref
from splx.lang.types import Struct as StructType

if TYPE_CHECKING:
    from collections.abc import Mapping

    from splx.lang.types import Type

__all__ = [
    "NULL",
    "Array",
    "Const",
    "Handle",
    "KernelStruct",
    "PerCpu",
    "Size",
    "Sizes",
    "Slice",
    "Struct",
    "array",
    "atomic",
    "embedded",
    "ghost",
    "given_values",
    "guarded_by",
    "initial_value",
    "misfits",
    "percpu",
    "stat",
    "struct_of",
]

_Range = tuple[int, int] | None


def _take_spec(cls: type, name: str) -> FieldSpec:
    """The right side of a field, off the class: a class attribute would hide the zero made on demand."""
    given = cls.__dict__.get(name, MISSING)
    if given is not MISSING:
        delattr(cls, name)
    return given if isinstance(given, FieldSpec) else FieldSpec(given)


class Struct:
    """Base of structs. Constructor arguments are initial values by field name; what is not given is zero.

    A value that does not fit its field is an OverflowError, an unknown attribute an AttributeError. An unknown name
    given to the constructor is L0401, with the line of the call.
    """

    #: Names of the fields in order, those of base classes first.
    __names__: ClassVar[tuple[str, ...]] = ()
    __specs__: ClassVar[dict[str, FieldSpec]] = {}
    #: A field annotated with a struct class holds a reference (kernel) or the struct itself (engine).
    __by_reference__: ClassVar[bool] = False
    __per_cpu__: ClassVar[bool] = False
    #: File and line of the class statement.
    __made_at__: ClassVar[tuple[str, int]]
    #: The names that annotations may use: those known where the class statement stands.
    __space__: ClassVar[dict[str, Any]]
    __ranges__: ClassVar[dict[str, _Range] | None] = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        frame = sys._getframe(1)
        cls.__made_at__ = (frame.f_code.co_filename, frame.f_lineno)
        cls.__space__ = frame.f_globals if frame.f_locals is frame.f_globals else frame.f_globals | frame.f_locals
        specs = {name: _take_spec(cls, name) for name in own_annotations(cls)}
        cls.__specs__ = {**cls.__specs__, **specs}
        cls.__names__ = tuple(cls.__specs__)
        cls.__ranges__ = None
        own_methods(cls)

    def __init__(self, **values: Any) -> None:
        if values:
            _fill(self, values, sys._getframe(1).f_code.co_filename, sys._getframe(1).f_lineno)

    def __getattr__(self, name: str) -> Any:
        # Only what was never set comes here: zero is made when somebody asks.
        if name not in type(self).__specs__:
            raise AttributeError(f"{type(self).__name__} has no field {name}")
        value = initial_value(type(self), name)
        self.__dict__[name] = value
        return value

    def __setattr__(self, name: str, value: Any) -> None:
        ranges = type(self).__ranges__
        if ranges is None:
            ranges = _ranges(type(self))
        try:
            span = ranges[name]
        except KeyError:
            raise AttributeError(f"{type(self).__name__} has no field {name}") from None
        if span is not None and isinstance(value, int) and not span[0] <= value <= span[1]:
            raise OverflowError(f"{name} = {value} does not fit {struct_of(type(self)).fields[name].type}")
        self.__dict__[name] = value

    def __repr__(self) -> str:
        given = ", ".join(f"{name}={value!r}" for name, value in given_values(self).items() if isinstance(value, int))
        return f"{type(self).__name__}({given})"


class KernelStruct(Struct):
    """What `splx.lang.kernel` calls `Struct`: fields are words, fields of struct type are references.

    A class whose objects are locks names in `enter_with` and `exit_with` the two kernel functions that `with` calls, in
    `owned_with` the one by which `guarded_by` asks whether the caller holds it, and says in `holders` where it is
    written who holds one.
    """

    __by_reference__: ClassVar[bool] = True
    #: Of a lock: the field that is waited for -> the field that says who holds it: 1 + a CPU, or a thread.
    holders: ClassVar[Mapping[str, str]] = {}
    #: Of a lock: whoever sleeps gives it up meanwhile.
    given_up_asleep: ClassVar[bool] = False
    #: File and line where this object was made.
    made_at: ClassVar[tuple[str, int]]

    def __init__(self, **values: Any) -> None:
        frame = sys._getframe(1)
        self.__dict__["made_at"] = (frame.f_code.co_filename, frame.f_lineno)
        if values:
            _fill(self, values, *self.made_at)

    def __enter__(self) -> Self:
        raise TypeError("kernel code does not run as Python")

    def __exit__(self, *_: object) -> None:
        raise TypeError("kernel code does not run as Python")


class PerCpu(KernelStruct):
    """One of these per CPU: a static of this class is always that of the executing CPU."""

    __per_cpu__: ClassVar[bool] = True


def _fill(obj: Struct, values: dict[str, Any], filename: str, line: int) -> None:
    specs = type(obj).__specs__
    span = line_span(filename, line)
    unknown = [
        Diagnostic(
            codes.UNKNOWN_FIELD,
            f"`{type(obj).__name__}` has no field `{name}`",
            span,
            help=f"its fields are {', '.join(f'`{each}`' for each in specs)}" if specs else None,
        )
        for name in values
        if name not in specs
    ]
    if unknown:
        raise SplxError(*unknown)
    obj.__dict__.update(values)


def misfits(obj: Struct) -> list[Diagnostic]:
    """L0405 for every initial value of a static that does not fit its field, L0208 for every one of another kind: asked
    when a system is linked.
    """
    made_at = obj.__dict__.get("made_at")
    place = line_span(*made_at) if made_at else None
    found = []
    for name, value in given_values(obj).items():
        kind = struct_of(type(obj)).fields[name].type
        if not may_hold(value, kind):
            message = f"`{name}` is {in_words(value)}, and the field is `{kind}`"
            found.append(Diagnostic(codes.MISMATCH, message, place, help="give it a value of that type"))
            continue
        span = _range_of(kind)
        items = value if isinstance(value, list | tuple) else [value]
        bad = [each for each in items if span is not None and isinstance(each, int) and not span[0] <= each <= span[1]]
        if bad:
            found.append(Diagnostic(codes.DOES_NOT_FIT, f"{bad[0]} does not fit `{name}`, which is `{kind}`", place))
    return found


def given_values(obj: Struct) -> dict[str, Any]:
    """Initial values that somebody chose: attributes set on `obj`, else defaults of its class. The rest is zero."""
    chosen = {name: spec.initial for name, spec in type(obj).__specs__.items() if spec.initial is not MISSING}
    return chosen | {name: value for name, value in obj.__dict__.items() if name in type(obj).__specs__}


def initial_value(cls: type[Struct], name: str) -> Any:
    """What `name` holds in a fresh `cls`: its default, else the zero of its type. Arrays need their `Sizes` in use."""
    spec = cls.__specs__[name]
    if spec.initial is not MISSING:
        return spec.initial
    return _zero(struct_of(cls).fields[name].type)


def _zero(kind: Type) -> Any:
    if isinstance(kind, Bool):
        return False
    if isinstance(kind, Ref):
        return NULL
    if isinstance(kind, StructType):
        return kind.cls()
    if isinstance(kind, ArrayType):
        length = kind.length if isinstance(kind.length, int) else int(SizeName(kind.length))
        span = _range_of(kind.item) or (None, None)
        return Items([_zero(kind.item) for _ in range(length)], *span)
    return 0


def _range_of(kind: Type) -> _Range:
    if isinstance(kind, ArrayType):
        kind = kind.item
    return (kind.least, kind.greatest) if isinstance(kind, Int) else None


def _ranges(cls: type[Struct]) -> dict[str, _Range]:
    ranges: dict[str, _Range] = {}
    for name, each in struct_of(cls).fields.items():
        # An array is replaced item by item, which `Items` checks.
        ranges[name] = _range_of(each.type) if isinstance(each.type, Int) else None
    cls.__ranges__ = ranges
    return ranges
