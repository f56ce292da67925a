"""From a kind of syntax to the function that reads it, and the checks that everybody needs of a value."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from splx.lang import codes
from splx.lang.front.refused import refuse_expression
from splx.lang.front.relations import called, fits
from splx.lang.front.work import RefusedError
from splx.lang.tree import Const
from splx.lang.types import BOOL, I64, UNIT, Handle, Ref

if TYPE_CHECKING:
    from splx.lang.front.work import Work
    from splx.lang.tree import Expression
    from splx.lang.types import Type

_ALONE = "call it in a statement of its own, or let it return something"

Reader: TypeAlias = "Callable[[Work, ast.expr], Expression]"
R = TypeVar("R", bound=Callable[..., "Expression"])

_readers: dict[type[ast.expr], Reader] = {}


def reads(*kinds: type[ast.expr]) -> Callable[[R], R]:
    """The function reads expressions of these kinds of syntax."""

    def register(reader: R) -> R:
        for kind in kinds:
            _readers[kind] = reader
        return reader

    return register


def anything(work: Work, node: ast.expr) -> Expression:
    """An expression in typed form, be it a call that gives nothing."""
    reader = _readers.get(type(node))
    if reader is None:
        refuse_expression(work, node)
    return reader(work, node)


def value(work: Work, node: ast.expr) -> Expression:
    """An expression that has a value. L0228 if it is a call that gives nothing."""
    made = anything(work, node)
    if made.type == UNIT:
        raise work.refuse(codes.NO_RESULT, f"`{brief(node)}` gives nothing, and its value is used here", node, _ALONE)
    return made


def integer(work: Work, node: ast.expr) -> Expression:
    """An expression that is an integer. L0205 for a truth value, L0208 for anything else."""
    return expect(work, node, I64)


def truth(work: Work, node: ast.expr) -> Expression:
    """An expression that is a truth value: a condition. L0206 otherwise."""
    return require(work, value(work, node), BOOL, node)


def expect(work: Work, node: ast.expr, wanted: Type) -> Expression:
    """An expression that fits a type."""
    return require(work, value(work, node), wanted, node)


def require(work: Work, made: Expression, wanted: Type, node: ast.expr) -> Expression:
    """`made`, read from `node`, if it fits `wanted`. L0205, L0206 or L0208 otherwise."""
    if fits(made.type, wanted):
        return made
    text = brief(node)
    if wanted == I64 and made.type == BOOL:
        message = f"`{text}` is a truth value, and an integer is needed here"
        raise work.refuse(codes.BOOL_AS_INT, message, node, f"write `int({text})`")
    if wanted == BOOL:
        test = f"{operand(node)} is not NULL" if isinstance(made.type, Ref) else f"{operand(node)} != 0"
        message = f"`{text}` is {called(made.type)}, and a truth value is needed here"
        raise work.refuse(codes.INT_AS_BOOL, message, node, f"write `{test}`")
    message = f"`{text}` is {called(made.type)}, and {called(wanted)} is needed here"
    raise work.refuse(codes.MISMATCH, message, node, _way_across(made, wanted, text))


def _way_across(made: Expression, wanted: Type, text: str) -> str:
    if isinstance(wanted, Ref) and wanted.struct is not None and made.type == I64:
        return f"give an object, or the one at an address: `at({wanted.struct.name}, {text})`"
    if wanted == I64 and isinstance(made.type, Ref):
        return f"give one of its fields, or its address: `addr({text})`"
    advice = getattr(wanted.cls, "made_of_integer", "") if isinstance(wanted, Handle) and made.type == I64 else ""
    if advice:
        return str(advice).format(text=text)
    return f"give {called(wanted)}"


def attempt(work: Work, reader: Callable[[Work, ast.expr], Expression], node: ast.expr) -> Expression:
    """What `reader` makes of `node`; or, after a refusal, something in its place, so that what follows is read too."""
    try:
        return reader(work, node)
    except RefusedError:
        pass_over(work, node)
        return Const(0, I64, work.span(node))


def pass_over(work: Work, node: ast.AST) -> None:
    """Take what refused syntax assigns as assigned, of no known type, and its `return` as good.

    So a mistake is said once.
    """
    names = [each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)]
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        names.append(node.name)
    for name in names:
        work.types.setdefault(name, None)
        work.assign(name)
    if any(isinstance(each, ast.Return | ast.Raise) for each in ast.walk(node)):
        work.assigned = None


def brief(node: ast.expr) -> str:
    """The expression as one short line of text."""
    text = ast.unparse(node)
    return text if len(text) <= 40 else f"{text[:37]}..."


def operand(node: ast.expr) -> str:
    """The expression as it may stand beside an operator."""
    compound = ast.BinOp | ast.BoolOp | ast.Compare | ast.IfExp | ast.UnaryOp
    return f"({brief(node)})" if isinstance(node, compound) else brief(node)


def given(number: int) -> str:
    """How many arguments a call has, after `takes 2 arguments, and`."""
    return {0: "none is given", 1: "one is given"}.get(number, f"{number} are given")
