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
from splx.lang.types import BOOL, I64, UNIT, Ref

if TYPE_CHECKING:
    from splx.lang.front.work import Work
    from splx.lang.tree import Expression
    from splx.lang.types import Type

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
        raise work.refuse(codes.NO_RESULT, f"`{brief(node)}` gives nothing, and its value is used here", node)
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
        test = f"{text} is not NULL" if isinstance(made.type, Ref) else f"{text} != 0"
        message = f"`{text}` is {called(made.type)}, and a truth value is needed here"
        raise work.refuse(codes.INT_AS_BOOL, message, node, f"write `{test}`")
    message = f"`{text}` is {called(made.type)}, and {called(wanted)} is needed here"
    raise work.refuse(codes.MISMATCH, message, node)


def attempt(work: Work, reader: Callable[[Work, ast.expr], Expression], node: ast.expr) -> Expression:
    """What `reader` makes of `node`; or, after a refusal, something in its place, so that what follows is read too."""
    try:
        return reader(work, node)
    except RefusedError:
        return Const(0, I64, work.span(node))


def brief(node: ast.expr) -> str:
    """The expression as one short line of text."""
    text = ast.unparse(node)
    return text if len(text) <= 40 else f"{text[:37]}..."
