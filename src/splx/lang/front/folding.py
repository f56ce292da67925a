"""Calls done by the compiler: times such as `us(3)` and `cycles(12)`, whose arguments are constants."""

from __future__ import annotations

import ast
from types import FunctionType
from typing import TYPE_CHECKING, Any

from splx.base import units
from splx.base.diagnostics import SplxError
from splx.lang import codes
from splx.lang.front.dispatch import brief, given, value
from splx.lang.front.names import number
from splx.lang.front.work import RefusedError
from splx.lang.links import LinkConst, cycles
from splx.lang.tree import Const
from splx.lang.types import I64

if TYPE_CHECKING:
    from splx.lang.front.work import Work

_FOLDED = frozenset({units.ps, units.ns, units.us, units.ms, units.s, cycles})


def is_folded(found: object) -> bool:
    """Whether the compiler does calls of this function."""
    return isinstance(found, FunctionType) and found in _FOLDED


def fold(work: Work, func: Any, node: ast.Call) -> Const:  # noqa: ANN401 - functions of times differ
    """The constant that the call gives. L0230 if an argument is none."""
    if len(node.args) != 1:
        message = f"`{func.__name__.strip('_')}` takes one argument, and {given(len(node.args))}"
        raise work.refuse(codes.ARGUMENTS, message, node, "write one number")
    try:
        result = func(_constant(work, node.args[0]))
    except SplxError as error:
        for each in error.diagnostics:
            work.errors.add(each.at(work.span(node)))
        raise RefusedError from None
    if isinstance(result, LinkConst):
        return Const(result, I64, work.span(node))
    return number(work, result, node)


def _constant(work: Work, node: ast.expr) -> Any:  # noqa: ANN401 - a number or its text
    if isinstance(node, ast.Constant) and type(node.value) in (int, float, str):
        return node.value
    made = value(work, node)
    if isinstance(made, Const) and type(made.value) is int:
        return made.value
    raise work.refuse(codes.FOLD, f"`{brief(node)}` is not a constant, and a time is one", node, "write a number")
