"""Typed form as text, for tests, `--explain`, and people who write back ends.

    def total(m: Machine) -> i64
        sum = 0
        for i in 0 .. CPUS
            sum = sum + [m.clock[i]]
        return sum

`[place]` is a load, `&place` a reference to a struct; locals whose name starts with `%` are the compiler's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import singledispatch

from splx.lang import tree


def show(function: tree.Function) -> str:
    """The function as indented text, one line a statement."""
    params = ", ".join(f"{each.name}: {each.type}" for each in function.params)
    head = f"def {function.name}({params}) -> {function.result}"
    marks = [f"@{name}{_mark(value)}" for name, value in sorted(function.marks.items())]
    return "\n".join([*marks, head, *_block(function.body)])


def _mark(value: object) -> str:
    if value is True:
        return ""
    names = sorted(value) if isinstance(value, frozenset) else [value]
    return f"({', '.join(getattr(each, 'name', None) or repr(each) for each in names)})"


def _block(statements: Iterable[tree.Statement]) -> Iterator[str]:
    lines = [line for each in statements for line in _lines(each)]
    return (f"    {line}" for line in lines or ["pass"])


@singledispatch
def _lines(statement: tree.Statement) -> Iterable[str]:
    raise TypeError(f"no statement: {statement!r}")


@_lines.register
def _(it: tree.Assign) -> Iterable[str]:
    target = it.place.name if isinstance(it.place, tree.LocalPlace) else show_place(it.place)
    return [f"{target} = {show_expression(it.value)}"]


@_lines.register
def _(it: tree.Expr) -> Iterable[str]:
    return [show_expression(it.value)]


@_lines.register
def _(it: tree.If) -> Iterable[str]:
    other = ["else", *_block(it.other)] if it.other else []
    return [f"if {show_expression(it.test)}", *_block(it.then), *other]


@_lines.register
def _(it: tree.While) -> Iterable[str]:
    return [f"while {show_expression(it.test)}", *_block(it.body)]


@_lines.register
def _(it: tree.For) -> Iterable[str]:
    step = "" if it.step == 1 else f" step {it.step}"
    return [f"for {it.name} in {show_expression(it.start)} .. {show_expression(it.stop)}{step}", *_block(it.body)]


@_lines.register
def _(it: tree.Break) -> Iterable[str]:
    return ["break"]


@_lines.register
def _(it: tree.Continue) -> Iterable[str]:
    return ["continue"]


@_lines.register
def _(it: tree.Return) -> Iterable[str]:
    return ["return" if it.value is None else f"return {show_expression(it.value)}"]


@_lines.register
def _(it: tree.Assert) -> Iterable[str]:
    return [f"assert {show_expression(it.test)}, {it.message!r}"]


@_lines.register
def _(it: tree.Spin) -> Iterable[str]:
    return [f"spin_while {show_expression(it.test)}"]


def show_place(place: tree.FieldPlace) -> str:
    """A place as the user would write it."""
    base = show_expression(place.base)
    steps = "".join(
        f".{each.field}" if each.index is None else f"[{show_expression(each.index)}]" for each in place.steps
    )
    return f"{base}{steps}" if place.cpu is None else f"on_cpu({base}, {show_expression(place.cpu)}){steps}"


@singledispatch
def show_expression(it: object) -> str:
    """An expression on one line, with parentheses wherever one operator stands inside another."""
    raise TypeError(f"no expression: {it!r}")


def _inner(it: tree.Expression) -> str:
    text = show_expression(it)
    compound = tree.Binary | tree.Compare | tree.Both | tree.Either | tree.Select
    as_call = isinstance(it, tree.Binary) and it.op in ("min", "max")
    return f"({text})" if isinstance(it, compound) and not as_call else text


def _call(name: str, args: Iterable[object]) -> str:
    shown = [show_place(each) if isinstance(each, tree.FieldPlace) else show_expression(each) for each in args]
    return f"{name}({', '.join(shown)})"


@show_expression.register
def _(it: tree.Const) -> str:
    return str(it.value)


@show_expression.register
def _(it: tree.Local) -> str:
    return it.name


@show_expression.register
def _(it: tree.Static) -> str:
    return f"<{it.type}>"


@show_expression.register
def _(it: tree.FuncRef) -> str:
    return f"function {it.func.__name__}"


@show_expression.register
def _(it: tree.Load) -> str:
    return f"[{show_place(it.place)}]"


@show_expression.register
def _(it: tree.Addr) -> str:
    return f"&{show_place(it.place)}"


@show_expression.register
def _(it: tree.NewLocal) -> str:
    return f"new {it.struct}"


@show_expression.register
def _(it: tree.Unary) -> str:
    return f"{it.op} {_inner(it.operand)}" if it.op == "not" else f"{it.op}{_argument(it)}"


def _argument(it: tree.Unary) -> str:
    return _inner(it.operand) if it.op in "-~" else f"({show_expression(it.operand)})"


@show_expression.register
def _(it: tree.Binary) -> str:
    if it.op in ("min", "max"):
        return _call(it.op, (it.left, it.right))
    return f"{_inner(it.left)} {it.op} {_inner(it.right)}"


@show_expression.register
def _(it: tree.Compare) -> str:
    return f"{_inner(it.left)} {it.op} {_inner(it.right)}"


@show_expression.register
def _(it: tree.Both) -> str:
    return f"{_inner(it.left)} and {_inner(it.right)}"


@show_expression.register
def _(it: tree.Either) -> str:
    return f"{_inner(it.left)} or {_inner(it.right)}"


@show_expression.register
def _(it: tree.Select) -> str:
    return f"{_inner(it.then)} if {_inner(it.test)} else {_inner(it.other)}"


@show_expression.register
def _(it: tree.Call) -> str:
    return _call(it.func.__qualname__, it.args)


@show_expression.register
def _(it: tree.Indirect) -> str:
    return _call(f"({show_expression(it.target)})", it.args)


@show_expression.register
def _(it: tree.TableCall) -> str:
    return _call(f"table{len(it.table)}[{show_expression(it.index)}]", it.args)


@show_expression.register
def _(it: tree.Intrinsic) -> str:
    extra = "" if it.extra is None else f"{{{it.extra}}}"
    return _call(f"%{it.name}{extra}", it.args)
