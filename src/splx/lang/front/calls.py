"""Calls: of functions and methods, through function values and tables, and of the few builtins that are operators."""

from __future__ import annotations

import ast
import builtins
import sys
from types import FunctionType
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

from splx.base.diagnostics import SplxError
from splx.lang import codes, links
from splx.lang.front.dispatch import brief, given, integer, reads, require, value
from splx.lang.front.folding import fold, is_folded
from splx.lang.front.names import RUNTIME, meaning, nearest
from splx.lang.front.operands import intrinsic_call
from splx.lang.front.places import base_of, load, reach
from splx.lang.front.relations import called
from splx.lang.front.signatures import Signature, signature
from splx.lang.front.work import RefusedError
from splx.lang.intrinsic import spec_of
from splx.lang.kernel import on_cpu, spin_while
from splx.lang.resolve import is_struct
from splx.lang.sizes import SizeName
from splx.lang.tree import Binary, Call, Const, FieldPlace, Indirect, Intrinsic, Param, TableCall, Unary
from splx.lang.types import BOOL, I64, Array, Func, Handle, Ref, Slice, Struct

if TYPE_CHECKING:
    from collections.abc import Callable

    from splx.lang.front.work import Work
    from splx.lang.tree import Expression

    _CallReader: TypeAlias = Callable[[Work, ast.Call], Expression]

_FUNCTIONS = "call a function, or a field annotated as `Func`"


@reads(ast.Call)
def call(work: Work, node: ast.Call) -> Expression:
    """Any call."""
    if node.keywords:
        first = node.keywords[0]
        if first.arg is None:
            raise work.refuse(
                codes.STAR_ARGUMENT, "an argument that unpacks a collection", first, "write each argument"
            )
        message = f"argument `{first.arg}` is given by name"
        raise work.refuse(codes.KEYWORD, message, first, "give arguments by position")
    func = node.func
    if isinstance(func, ast.Subscript) and isinstance(table := meaning(work, func.value), tuple):
        return _table_call(work, table, func, node)
    found = meaning(work, func)
    if found is not RUNTIME:
        return _known(work, found, node)
    if isinstance(func, ast.Attribute):
        return _method(work, func, node)
    return _indirect(work, value(work, func), node)


def _known(work: Work, found: Any, node: ast.Call) -> Expression:  # noqa: ANN401 - any object of the user's module
    reader: _CallReader | None = _BUILTINS.get(found) if callable(found) and not is_struct(found) else None
    if reader is not None:
        return reader(work, node)
    if found is spin_while or found is on_cpu:
        return _refuse_call(work, found, node)
    if spec_of(found) is not None:
        return intrinsic_call(work, found, (), node)
    if is_folded(found):
        return fold(work, found, node)
    if isinstance(found, FunctionType):
        return direct(work, found, (), node)
    return _refuse_call(work, found, node)


def direct(work: Work, func: Callable[..., Any], receiver: tuple[Expression, ...], node: ast.Call) -> Expression:
    """A call of a Python function, `receiver` before the arguments that are written."""
    if func.__module__.partition(".")[0] in sys.stdlib_module_names and func.__module__ != "__main__":
        _refuse_call(work, func, node)
    wanted = _signature(work, func)
    args = _arguments(work, func.__name__, wanted.params[len(receiver) :], node)
    work.calls.append((func, work.span(node)))
    return Call(func, (*receiver, *args), wanted.result, work.span(node))


def _signature(work: Work, func: Callable[..., Any]) -> Signature:
    try:
        return signature(func)
    except SplxError as error:
        for each in error.diagnostics:
            work.errors.add(each)
        raise RefusedError from None


def _arguments(work: Work, name: str, wanted: tuple[Param, ...], node: ast.Call) -> tuple[Expression, ...]:
    if len(wanted) != len(node.args) and not any(isinstance(each, ast.Starred) for each in node.args):
        message = f"`{name}` takes {_count(len(wanted))}, and {given(len(node.args))}"
        form = ", ".join(each.name or str(each.type) for each in wanted)
        raise work.refuse(codes.ARGUMENTS, message, node, f"write `{name}({form})`")
    made = [value(work, each) for each in node.args]
    return tuple(require(work, arg, to.type, each) for arg, to, each in zip(made, wanted, node.args, strict=True))


def _count(number: int) -> str:
    return {0: "no argument", 1: "one argument"}.get(number, f"{number} arguments")


def _method(work: Work, func: ast.Attribute, node: ast.Call) -> Expression:
    """`h.func(x)`, through a field, or `m.method(x)`, of the class."""
    base = base_of(work, func.value)
    struct = base.type.struct if isinstance(base.type, Ref) else base.type
    if isinstance(struct, Struct) and func.attr in struct.fields:
        return _indirect(work, load(work, reach(work, func), func), node)
    cls = struct.cls if isinstance(struct, Struct | Handle) else None
    method = getattr(cls, func.attr, None)
    if cls is None or method is None:
        message = f"`{brief(func.value)}` is {called(base.type)}, which has no method `{func.attr}`"
        known = [each for each, found in vars(cls).items() if isinstance(found, FunctionType)] if cls else []
        fields = list(struct.fields) if isinstance(struct, Struct) else []
        help_ = nearest(func.attr, known + fields) or "write a function, and pass it the value"
        raise work.refuse(codes.NOT_CALLABLE, message, node, help_)
    receiver = load(work, base, func.value)
    if isinstance(struct, Struct) and struct.per_cpu:
        message = f"`{brief(func.value)}` is another object on every CPU, and cannot be passed to a method"
        raise work.refuse(codes.PER_CPU_VALUE, message, func.value, "write a function that names the static")
    if spec_of(method) is not None:
        return intrinsic_call(work, method, (receiver,), node)
    if isinstance(method, FunctionType):
        return direct(work, method, (receiver,), node)
    return _refuse_call(work, method, node)


def _indirect(work: Work, target: Expression, node: ast.Call) -> Expression:
    kind = target.type
    if not isinstance(kind, Func):
        message = f"`{brief(node.func)}` is {called(kind)}, and no function"
        raise work.refuse(codes.NOT_CALLABLE, message, node, _FUNCTIONS)
    if kind.params is None:
        args = tuple(value(work, each) for each in node.args)
    else:
        args = _arguments(work, brief(node.func), tuple(Param("", each) for each in kind.params), node)
    work.effects.append(work.span(node))
    return Indirect(target, args, kind.result, work.span(node))


def _table_call(work: Work, table: tuple[Any, ...], func: ast.Subscript, node: ast.Call) -> Expression:
    name = brief(func.value)
    strange = [each for each in table if not isinstance(each, FunctionType)]
    if strange or not table:
        message = f"table `{name}` holds {strange[0]!r}, and no function" if strange else f"table `{name}` is empty"
        raise work.refuse(codes.TABLE, message, func.value, "a table is a tuple of functions")
    wanted = _signature(work, table[0])
    for each in table[1:]:
        other = _signature(work, each)
        if other.kind != wanted.kind:
            message = f"table `{name}` holds `{table[0].__name__}{wanted.kind}` and `{each.__name__}{other.kind}`"
            raise work.refuse(codes.TABLE, message, func.value, "functions of one table have one signature")
    index = integer(work, func.slice)
    if isinstance(index, Const) and type(index.value) is int and not 0 <= index.value < len(table):
        message = f"index {index.value} is outside `{name}`, which ends at {len(table) - 1}"
        raise work.refuse(codes.INDEX, message, func.slice, f"use 0 to {len(table) - 1}, or make the table longer")
    args = _arguments(work, brief(func), wanted.params, node)
    work.calls.extend((each, work.span(node)) for each in table)
    return TableCall(table, index, args, wanted.result, work.span(node))


def _refuse_call(work: Work, found: Any, node: ast.Call) -> NoReturn:  # noqa: ANN401
    text = brief(node.func)
    if found is print:
        help_ = (
            "`count` a `Statistic`, or look at every event: `splx run --trace FILE`"
            if work.kernel
            else "look at the struct from outside"
        )
        raise work.refuse(codes.PRINT, "`print` is called here", node, help_)
    if found is spin_while or found is on_cpu:
        code = codes.SPIN if found is spin_while else codes.ON_CPU
        form = "`spin_while(...)` is a statement" if found is spin_while else "`on_cpu(...)` is followed by a field"
        help_ = "write it on a line of its own" if found is spin_while else "write `on_cpu(static, cpu).field`"
        raise work.refuse(code, f"{form}, and has no value", node, help_)
    if found is range:
        raise work.refuse(codes.FOR_RANGE, "`range` stands in a `for` only", node, "keep its bounds in variables")
    if isinstance(found, type) and issubclass(found, links.Handle):
        help_ = f"make it at the top level of the module, `NAME = {brief(node)}`, and name it here"
        raise work.refuse(codes.NEW_STRUCT, f"a `{text}` is made here", node, help_)
    if is_struct(found):
        help_ = "make statics at the top level of the module" if work.kernel else f"write `x = {text}()` as a statement"
        raise work.refuse(codes.NEW_STRUCT, f"a `{text}` is made here", node, help_)
    if callable(found):
        message = f"`{text}` is of the Python library, which the language cannot call"
        raise work.refuse(codes.LIBRARY, message, node, "call functions written in the language")
    raise work.refuse(
        codes.NOT_CALLABLE, f"`{text}` is a Python `{type(found).__name__}`, and no function", node, _FUNCTIONS
    )


def _least_greatest(work: Work, node: ast.Call) -> Expression:
    assert isinstance(node.func, ast.Name | ast.Attribute)
    sign = brief(node.func).rpartition(".")[2]
    if len(node.args) < 2:
        message = f"`{sign}` takes 2 arguments or more, and {given(len(node.args))}"
        raise work.refuse(codes.ARGUMENTS, message, node, "write each value as an argument")
    made = [integer(work, each) for each in node.args]
    result = made[0]
    for each in made[1:]:
        result = Binary(sign, result, each, I64, work.span(node))
    return result


def _one(work: Work, node: ast.Call) -> ast.expr:
    if len(node.args) != 1:
        message = f"`{brief(node.func)}` takes one argument, and {given(len(node.args))}"
        raise work.refuse(codes.ARGUMENTS, message, node, f"write `{brief(node.func)}(value)`")
    return node.args[0]


def _absolute(work: Work, node: ast.Call) -> Expression:
    return Unary("abs", integer(work, _one(work, node)), I64, work.span(node))


def _int(work: Work, node: ast.Call) -> Expression:
    operand = value(work, _one(work, node))
    if operand.type == BOOL:
        return Unary("int", operand, I64, work.span(node))
    return require(work, operand, I64, node.args[0])


def _bool(work: Work, node: ast.Call) -> Expression:
    operand = value(work, _one(work, node))
    if operand.type == BOOL:
        return operand
    return Unary("bool", require(work, operand, I64, node.args[0]), BOOL, work.span(node))


def _len(work: Work, node: ast.Call) -> Expression:
    arg, span = _one(work, node), work.span(node)
    table = meaning(work, arg)
    if isinstance(table, tuple):
        return Const(len(table), I64, span)
    reached = reach(work, arg)
    if isinstance(reached, FieldPlace) and isinstance(reached.type, Array):
        length = reached.type.length
        return Const(SizeName(length) if isinstance(length, str) else length, I64, span)
    if isinstance(reached, FieldPlace) and isinstance(reached.type, Slice):
        return Intrinsic("len", (reached,), I64, span)
    raise work.refuse(
        codes.NOT_AN_ARRAY,
        f"`{brief(arg)}` is {called(reached.type)}, and no array",
        node,
        "`len` is of arrays and slices",
    )


_BUILTINS: dict[Any, _CallReader] = {
    builtins.min: _least_greatest,
    builtins.max: _least_greatest,
    builtins.abs: _absolute,
    builtins.int: _int,
    builtins.bool: _bool,
    builtins.len: _len,
}
