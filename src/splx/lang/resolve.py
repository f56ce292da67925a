"""From annotations to types: `struct_of` for classes, `value_type` for parameters and results.

Annotations are evaluated when somebody first asks, so a class may name classes that come later, itself among them.
"""

# ruff: noqa: ANN401 - annotations are whatever the user wrote

from __future__ import annotations

import sys
from collections.abc import Callable
from enum import IntEnum, IntFlag
from types import NoneType, SimpleNamespace
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_origin, get_type_hints

from splx.base.diagnostics import Diagnostic, SplxError
from splx.lang import codes
from splx.lang.fields import Array, FieldSpec, Slice
from splx.lang.links import CycleCount, Handle, LinkConst
from splx.lang.sizes import SizeName
from splx.lang.source import field_span
from splx.lang.types import BOOL, I64, UNIT, Field, Func, Int, Ref, Struct, Type
from splx.lang.types import Array as ArrayType
from splx.lang.types import Handle as HandleType
from splx.lang.types import Slice as SliceType

if TYPE_CHECKING:
    from collections.abc import Iterator


MOST_ITEMS = 1 << 20  # of an array


class NotATypeError(Exception):
    """An annotation that names no type of the language; the text says which."""


_FIELD_TYPES = "a field is an integer (`i64`, `u8`, ...), a `bool`, a struct, or an array of these"

_structs: dict[type, Struct] = {}


def is_struct(annotation: object) -> bool:
    """Whether this is a class of fields."""
    return isinstance(annotation, type) and hasattr(annotation, "__specs__")


def struct_of(cls: type) -> Struct:
    """The type of a struct class; the same object every time.

    SplxError, with the field's own line, if an annotation names nothing that is known (L0403) or no type of the
    language (L0402), an array has no length (L0404), or a struct would contain itself (L0406).
    """
    known = _structs.get(cls)
    if known is not None:
        return known
    before = set(_structs)
    try:
        made = _build(cls)
        _refuse_containing_itself(made)
    except BaseException:
        # Types built on the way refer to this one: none of them may survive it.
        for each in set(_structs) - before:
            del _structs[each]
        raise
    return made


def _build(cls: Any) -> Struct:
    fields: dict[str, Field] = {}
    made = _structs[cls] = Struct(cls.__name__, cls, fields, per_cpu=cls.__per_cpu__)
    hints = _hints(cls)
    problems = []
    for name, spec in cls.__specs__.items():
        try:
            kind = field_type(hints[name], spec, cls)
            _check_initial(kind, spec)
        except NotATypeError as refusal:
            problems.append(_refused(cls, name, refusal))
        else:
            fields[name] = Field(name, kind, spec.guard)
    if problems:
        raise SplxError(*problems)
    return made


def _refused(cls: Any, name: str, refusal: NotATypeError) -> Diagnostic:
    text, code, help_ = refusal.args if len(refusal.args) == 3 else (*refusal.args, codes.NO_TYPE, _FIELD_TYPES)
    return Diagnostic(code, f"field `{cls.__name__}.{name}` {text}", field_span(_declarer(cls, name), name), help=help_)


def _declarer(cls: type, name: str) -> type:
    """The class among the bases of `cls` whose body declares the field."""
    for each in reversed(cls.__mro__):
        if name in vars(each).get("__specs__", ()):
            return each
    return cls


def _hints(cls: type) -> dict[str, Any]:
    hints: dict[str, Any] = {}
    for each in reversed(cls.__mro__):
        if "__space__" in vars(each):
            space = {**vars(each)["__space__"], each.__name__: each}
            try:
                # A bag, because for a class `get_type_hints` reads the bases again, in the names of this one.
                bag = SimpleNamespace(__annotations__=own_annotations(each))
                hints |= get_type_hints(bag, globalns=space, localns=space, include_extras=True)
            except NameError as error:
                raise SplxError(_unknown_name(each, error)) from None
    return hints


def own_annotations(cls: type) -> dict[str, Any]:
    """Fields that the body of `cls` declares, in order, with their annotations as yet unevaluated."""
    if sys.version_info >= (3, 14):
        import annotationlib  # noqa: PLC0415 - new in 3.14

        own = annotationlib.get_annotations(cls, format=annotationlib.Format.FORWARDREF)
    else:
        own = cls.__dict__.get("__annotations__", {})  # noqa: RUF063 - inherited ones are not wanted
    return {name: text for name, text in own.items() if "ClassVar" not in str(text)}


def _unknown_name(cls: Any, error: NameError) -> Diagnostic:
    name = error.name or "?"
    field = next((field for field, text in own_annotations(cls).items() if name in str(text)), "")
    return Diagnostic(
        codes.UNKNOWN_TYPE,
        f"the type of field `{cls.__name__}.{field}` names `{name}`, which is not known",
        field_span(cls, field),
        help=f"import `{name}`, or define it at the top level of the module",
    )


def field_type(annotation: Any, spec: FieldSpec, cls: Any) -> Type:
    """The type of a field of `cls` annotated so. NotATypeError if it has none."""
    origin = get_origin(annotation)
    if origin is Slice:
        return SliceType(_item(annotation, spec, cls))
    if origin is Array:
        if spec.length is None:
            way_out = "give the length: `= array(8)`, or `= array(CPUS)` with a `Size`"
            raise NotATypeError("is an array without a length", codes.NO_LENGTH, way_out)
        return ArrayType(_item(annotation, spec, cls), _length(spec.length))
    if spec.length is not None:
        raise NotATypeError("has a length and is no array", codes.NO_LENGTH, "annotate it as `Array[...]`")
    return _item_type(annotation, spec, cls)


def _item(annotation: Any, spec: FieldSpec, cls: Any) -> Type:
    return _item_type(get_args(annotation)[0], spec, cls)


def _item_type(annotation: Any, spec: FieldSpec, cls: Any) -> Type:
    if is_struct(annotation):
        target = struct_of(annotation) if annotation not in _structs else _structs[annotation]
        return Ref(target) if cls.__by_reference__ and not spec.embedded else target
    width = _width(annotation)
    if width is not None:
        return width
    found = value_type(annotation)
    if found == UNIT:
        raise NotATypeError("is `None`, which holds nothing")
    return found


def _length(length: Any) -> int | str:
    if isinstance(length, SizeName | LinkConst):
        return length.name
    if isinstance(length, int) and length > MOST_ITEMS:
        text, way_out = f"has {length:,} items", f"an array has {MOST_ITEMS:,} at most"
        raise NotATypeError(text, codes.NO_LENGTH, way_out)
    if isinstance(length, int) and length > 0:
        return int(length)
    raise NotATypeError(f"has length {length!r}", codes.NO_LENGTH, "a length is a number above zero, or a `Size`")


def _width(annotation: Any) -> Int | None:
    if get_origin(annotation) is Annotated:
        return next((each for each in get_args(annotation) if isinstance(each, Int)), None)
    if isinstance(annotation, type) and issubclass(annotation, IntEnum | IntFlag):
        return _narrowest([int(each) for each in annotation.__members__.values()])
    return None


def _narrowest(values: list[int]) -> Int:
    signed = min(values, default=0) < 0
    widths = [Int(bits, signed) for bits in (8, 16, 32)]
    return next((each for each in widths if all(each.least <= value <= each.greatest for value in values)), I64)


def value_type(annotation: Any) -> Type:
    """The type of a parameter, local or result annotated so: every integer is I64. NotATypeError if it has none."""
    if annotation is int or _width(annotation) is not None:
        return I64
    if annotation is bool:
        return BOOL
    if annotation is None or annotation is NoneType:
        return UNIT
    if is_struct(annotation):
        return Ref(struct_of(annotation))
    if isinstance(annotation, type) and issubclass(annotation, Handle):
        return HandleType(annotation)
    if get_origin(annotation) is Callable:
        return _func_type(*get_args(annotation))
    raise NotATypeError(f"has the type `{show_annotation(annotation)}`")


def _func_type(params: Any, result: Any) -> Func:
    if params is Ellipsis:
        return Func(None, I64)
    return Func(tuple(value_type(each) for each in params), value_type(result))


def show_annotation(annotation: Any) -> str:
    """An annotation as its writer would know it again."""
    return annotation.__name__ if isinstance(annotation, type) else str(annotation).replace("typing.", "")


def _check_initial(kind: Type, spec: FieldSpec) -> None:
    value = spec.initial
    if isinstance(value, LinkConst | CycleCount | SizeName) or not isinstance(kind, Int) or not isinstance(value, int):
        return
    if not kind.least <= value <= kind.greatest:
        text = f"starts as {value}, which does not fit `{kind}`"
        raise NotATypeError(text, codes.DOES_NOT_FIT, "choose a wider field")


def _refuse_containing_itself(struct: Struct) -> None:
    def inner(kind: Type) -> Iterator[Struct]:
        if isinstance(kind, ArrayType):
            yield from inner(kind.item)
        elif isinstance(kind, Struct):
            yield kind

    def visit(at: Struct, above: tuple[Struct, ...]) -> None:
        for field in at.fields.values():
            for part in inner(field.type):
                if part in (*above, at):
                    raise SplxError(_contains_itself(at, field.name, part))
                visit(part, (*above, at))

    visit(struct, ())


def _contains_itself(struct: Struct, field: str, part: Struct) -> Diagnostic:
    return Diagnostic(
        codes.CONTAINS_ITSELF,
        f"field `{struct.name}.{field}` would make `{part.name}` contain itself",
        field_span(_declarer(struct.cls, field), field),
        help="keep an index into an array of them instead",
    )
