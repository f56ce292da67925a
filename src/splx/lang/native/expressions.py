"""Expressions of the typed form as LLVM text.

Arithmetic wraps at 64 bits. Where Python and the processor differ, Python wins: `//` and `%` round down, `>>` by 64 or
more leaves the sign. What is a mistake in plain Python must not bring the process down: dividing by zero gives some
number here, a shift count is taken modulo 64.
"""

# ruff: noqa: ANN401 - constants of every class

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from splx.lang import tree
from splx.lang.native.body import emits
from splx.lang.native.divide import divide, modulo
from splx.lang.native.places import address_of, copy_fields, length_of, load, struct_of
from splx.lang.native.types import value_type
from splx.lang.native.words import WORDS, shift_left, shift_right
from splx.lang.sizes import SizeName
from splx.lang.types import Bool, Unit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from splx.lang.native.body import Body
    from splx.lang.types import Type

_PLAIN = {"+": "add", "-": "sub", "*": "mul", "&": "and", "|": "or", "^": "xor"}
_TESTS = {"==": "eq", "!=": "ne", "<": "slt", "<=": "sle", ">": "sgt", ">=": "sge"}


@emits(tree.Const)
def _const(body: Body, node: tree.Const) -> str:
    if isinstance(node.type, Bool):
        return "true" if node.value else "false"
    if node.value is None or value_type(node.type) == "ptr":
        return "null"
    return str(_number(body, node.value))


def _number(body: Body, given: Any) -> int:
    """The number behind a constant, which may be a `Size`."""
    return body.unit.layouts.sizes[given.name] if isinstance(given, SizeName) else int(given)


@emits(tree.Local)
def _local(body: Body, node: tree.Local) -> str:
    return body.let(f"load {value_type(node.type)}, ptr {body.slot(node.name, node.type)}")


@emits(tree.Load)
def _load(body: Body, node: tree.Load) -> str:
    return load(body, node.place)


@emits(tree.Addr)
def _addr(body: Body, node: tree.Addr) -> str:
    return address_of(body, node.place).pointer


@emits(tree.NewLocal)
def _new_local(body: Body, node: tree.NewLocal) -> str:
    layout = body.unit.layouts.of(node.struct)
    body.unit.declare("declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)")
    memory = body.reserve(max(layout.size, 1), layout.align)
    body.do(f"call void @llvm.memset.p0.i64(ptr align {layout.align} {memory}, i8 0, i64 {layout.size}, i1 false)")
    return memory


@emits(tree.Unary)
def _unary(body: Body, node: tree.Unary) -> str:
    operand = body.value(node.operand)
    match node.op:
        case "-":
            return body.let(f"sub i64 0, {operand}")
        case "~":
            return body.let(f"xor i64 {operand}, -1")
        case "not":
            return body.let(f"xor i1 {operand}, true")
        case "int":
            return body.let(f"zext i1 {operand} to i64") if isinstance(node.operand.type, Bool) else operand
        case "bool":
            return operand if isinstance(node.operand.type, Bool) else body.let(f"icmp ne i64 {operand}, 0")
        case "abs":
            body.unit.declare("declare i64 @llvm.abs.i64(i64, i1)")
            return body.let(f"call i64 @llvm.abs.i64(i64 {operand}, i1 false)")
    raise TypeError(f"operator {node.op} is not engine code ({node.span})")


@emits(tree.Binary)
def _binary(body: Body, node: tree.Binary) -> str:
    left, right = body.value(node.left), body.value(node.right)
    plain = _PLAIN.get(node.op)
    if plain is not None:
        return body.let(f"{plain} {value_type(node.type)} {left}, {right}")
    match node.op:
        case "//":
            return divide(body, left, right)
        case "%":
            return modulo(body, left, right)
        case "<<":
            return shift_left(body, left, right)
        case ">>":
            return shift_right(body, left, right)
        case "min" | "max":
            name = f"@llvm.s{node.op}.i64"
            body.unit.declare(f"declare i64 {name}(i64, i64)")
            return body.let(f"call i64 {name}(i64 {left}, i64 {right})")
    raise TypeError(f"operator {node.op} is not engine code ({node.span})")


@emits(tree.Compare)
def _compare(body: Body, node: tree.Compare) -> str:
    left, right = body.value(node.left), body.value(node.right)
    return body.let(f"icmp {_TESTS[node.op]} {value_type(node.left.type)} {left}, {right}")


@emits(tree.Both)
def _both(body: Body, node: tree.Both) -> str:
    return _short_circuit(body, node, stop="false")


@emits(tree.Either)
def _either(body: Body, node: tree.Either) -> str:
    return _short_circuit(body, node, stop="true")


def _short_circuit(body: Body, node: tree.Both | tree.Either, stop: str) -> str:
    left = body.value(node.left)
    first = body.here
    more, done = body.label("more"), body.label("done")
    body.branch(left, *((more, done) if stop == "false" else (done, more)))
    body.open(more)
    right = body.value(node.right)
    second = body.here
    body.open(done)
    return body.phi("i1", (stop, first), (right, second))


@emits(tree.Select)
def _select(body: Body, node: tree.Select) -> str:
    then, other, done = body.label("then"), body.label("other"), body.label("done")
    body.branch(body.value(node.test), then, other)
    body.open(then)
    yes, came_yes = body.value(node.then), body.here
    body.jump(done)
    body.open(other)
    no, came_no = body.value(node.other), body.here
    body.open(done)
    return body.phi(value_type(node.type), (yes, came_yes), (no, came_no))


@emits(tree.Call)
def _call(body: Body, node: tree.Call) -> str:
    return _emit_call(body, node.func, _arguments(body, node.args), node.type)


def _arguments(body: Body, args: tuple[tree.Expression, ...]) -> list[tuple[Type, str]]:
    return [(arg.type, body.value(arg)) for arg in args]


def _emit_call(body: Body, func: Callable[..., Any], args: list[tuple[Type, str]], result: Type) -> str:
    fields = body.unit.lent(func)
    lent = {number: _lend(body, *args[number], names) for number, names in fields.items()}
    operands = [f"{value_type(kind)} {lent.get(number, text)}" for number, (kind, text) in enumerate(args)]
    text = f"call {value_type(result)} {body.unit.symbol(func)}({', '.join(operands)})"
    if isinstance(result, Unit):
        body.do(text)
        given = ""
    else:
        given = body.let(text)
    for number, copy in lent.items():
        copy_fields(body, body.unit.layouts.of(struct_of(args[number][0])), fields[number], copy, args[number][1])
    return given


def _lend(body: Body, kind: Type, original: str, fields: Iterable[str]) -> str:
    """A copy of fields of a local struct for a function that is not inlined: the original may stay in registers."""
    layout = body.unit.layouts.of(struct_of(kind))
    copy = body.reserve(max(layout.size, 1), layout.align)
    copy_fields(body, layout, fields, original, copy)
    return copy


@emits(tree.TableCall)
def _table_call(body: Body, node: tree.TableCall) -> str:
    """A switch over direct calls; an index outside the table is a mistake that plain Python reports."""
    index = body.value(node.index)
    args = _arguments(body, node.args)
    labels = {func: body.label("case") for func in node.table}
    nowhere, done = body.label("nowhere"), body.label("done")
    cases = " ".join(f"i64 {number}, label %{labels[func]}" for number, func in enumerate(node.table))
    body.end(f"switch i64 {index}, label %{nowhere} [ {cases} ]")
    ways = []
    for func, label in labels.items():
        body.open(label)
        ways.append((_emit_call(body, func, args, node.type), label))
        body.jump(done)
    body.open(nowhere)
    body.end("unreachable")
    body.open(done)
    return "" if isinstance(node.type, Unit) else body.phi(value_type(node.type), *ways)


@emits(tree.Intrinsic)
def _intrinsic(body: Body, node: tree.Intrinsic) -> str:
    if node.name == "len":
        (slice_,) = node.args
        assert isinstance(slice_, tree.FieldPlace)
        return length_of(body, slice_)
    emit = WORDS.get(node.name)
    if emit is None:
        raise TypeError(f"`{node.name}` is not an operation of engine code ({node.span})")
    operands = []
    for arg in node.args:
        assert not isinstance(arg, tree.FieldPlace), node.name
        operands.append(body.value(arg))
    return emit(body, *operands)
