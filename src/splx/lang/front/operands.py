"""Calls of intrinsics: operands by kind, as the intrinsic describes them."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from splx.lang import codes
from splx.lang.front.dispatch import brief, expect, given, integer, require, truth, value
from splx.lang.front.names import meaning
from splx.lang.front.operators import check_shift
from splx.lang.front.places import is_ghost, is_stat, reach
from splx.lang.front.relations import called, loaded
from splx.lang.intrinsic import spec_of
from splx.lang.resolve import is_struct, struct_of
from splx.lang.tree import FieldPlace, Intrinsic
from splx.lang.types import I64, UNIT, Array, Func, Handle, Ref, Slice, Struct

if TYPE_CHECKING:
    from collections.abc import Callable

    from splx.lang.front.work import Work
    from splx.lang.tree import Expression
    from splx.lang.types import Type

_COUNT = "count what the code must know in a field of its own"
_NAME = "name a function, or a field annotated as `Func`"
_CLASS = "name the class"
_HANDLE = "name a device, distribution or statistic"


@dataclass(slots=True)
class Operands:
    """What was read so far: operands in order, the type at the first place, and what is no expression."""

    made: list[Expression | FieldPlace] = field(default_factory=list)
    place_type: Type | None = None
    extra: Any = None


def intrinsic_call(work: Work, func: Any, receiver: tuple[Expression, ...], node: ast.Call) -> Expression:  # noqa: ANN401
    """A call of an intrinsic, `receiver` before the arguments that are written."""
    spec = spec_of(func)
    assert spec is not None
    count = len(receiver) + len(node.args)
    if not spec.required <= count <= len(spec.params) and not any(isinstance(each, ast.Starred) for each in node.args):
        wanted = (
            str(len(spec.params)) if spec.required == len(spec.params) else f"{spec.required} to {len(spec.params)}"
        )
        message = f"`{spec.name}` takes {wanted} arguments, and {given(count)}"
        names = func.__code__.co_varnames[: func.__code__.co_argcount]
        raise work.refuse(codes.ARGUMENTS, message, node, f"write `{spec.name}({', '.join(names)})`")
    if not spec.pure:
        work.effects.append(work.span(node))
    operands = Operands(list(receiver))
    for kind, arg in zip(spec.kinds[len(receiver) :], node.args, strict=False):
        _READERS[kind](work, operands, arg)
    if spec.name in ("bit", "ushr"):
        check_shift(work, operands.made[-1], node.args[-1])
    return Intrinsic(spec.name, tuple(operands.made), _result(spec.result, operands), work.span(node), operands.extra)


def _result(result: Type | str, operands: Operands) -> Type:
    if result == "place":
        return operands.place_type or I64
    if result == "class":
        return Ref(operands.extra)
    return UNIT if isinstance(result, str) else result


def _place(work: Work, operands: Operands, node: ast.expr) -> None:
    reached = reach(work, node)
    if not isinstance(reached, FieldPlace) or isinstance(reached.type, Array | Slice | Struct):
        message = f"`{brief(node)}` is no field of one word, and the operation works on one"
        raise work.refuse(codes.NOT_A_PLACE, message, node, "name a field: `m.word`, or an item: `m.words[i]`")
    if is_stat(reached):
        raise work.refuse(
            codes.READ_STAT, f"`{brief(node)}` is a statistic, which kernel code only adds to", node, _COUNT
        )
    if is_ghost(reached):
        message = f"`{brief(node)}` is for assertions, and an operation looks at it"
        raise work.refuse(codes.READ_GHOST, message, node, "assign to it")
    operands.made.append(reached)
    operands.place_type = operands.place_type or loaded(reached.type)


def _value(work: Work, operands: Operands, node: ast.expr) -> None:
    operands.made.append(expect(work, node, operands.place_type or I64))


def _int(work: Work, operands: Operands, node: ast.expr) -> None:
    operands.made.append(integer(work, node))


def _bool(work: Work, operands: Operands, node: ast.expr) -> None:
    operands.made.append(truth(work, node))


def _ref(work: Work, operands: Operands, node: ast.expr) -> None:
    made = value(work, node)
    if not isinstance(made.type, Ref):
        message = f"`{brief(node)}` is {called(made.type)}, and a reference is needed here"
        raise work.refuse(codes.MISMATCH, message, node, "name a struct, or a field that refers to one")
    operands.made.append(made)


def _word(work: Work, operands: Operands, node: ast.expr) -> None:
    operands.made.append(value(work, node))


def _func(work: Work, operands: Operands, node: ast.expr) -> None:
    made = value(work, node)
    if not isinstance(made.type, Func):
        message = f"`{brief(node)}` is {called(made.type)}, and a function is needed here"
        raise work.refuse(codes.NOT_A_FUNC, message, node, _NAME)
    operands.made.append(made)


def _class(work: Work, operands: Operands, node: ast.expr) -> None:
    found = meaning(work, node)
    if not is_struct(found):
        raise work.refuse(
            codes.NOT_A_CLASS, f"`{brief(node)}` is no struct class, and one is needed here", node, _CLASS
        )
    operands.extra = struct_of(found)


def _str(work: Work, operands: Operands, node: ast.expr) -> None:
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        help_ = "write it between quotes; numbers go beside it"
        raise work.refuse(codes.NOT_A_TEXT, f"`{brief(node)}` is no literal text, and one is needed here", node, help_)
    operands.extra = node.value


def _handle(work: Work, operands: Operands, node: ast.expr) -> None:
    made = value(work, node)
    if not isinstance(made.type, Handle):
        raise work.refuse(
            codes.MISMATCH, f"`{brief(node)}` is {called(made.type)}, and a handle is needed here", node, _HANDLE
        )
    operands.made.append(made)


def _dist(work: Work, operands: Operands, node: ast.expr) -> None:
    made = value(work, node)
    operands.made.append(made if isinstance(made.type, Handle) else require(work, made, I64, node))


_READERS: dict[str, Callable[[Work, Operands, ast.expr], None]] = {
    "int": _int,
    "bool": _bool,
    "place": _place,
    "value": _value,
    "ref": _ref,
    "word": _word,
    "func": _func,
    "class": _class,
    "str": _str,
    "handle": _handle,
    "dist": _dist,
}
