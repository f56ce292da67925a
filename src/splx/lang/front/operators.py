"""Operators: arithmetic on integers, comparisons, `and`, `or`, `not`, and the conditional expression.

Operations on two constants are done here, so that indices, shifts and ranges can be checked.
"""

from __future__ import annotations

import ast
import operator
from typing import TYPE_CHECKING

from splx.lang import codes
from splx.lang.front.dispatch import brief, expect, integer, operand, reads, require, truth, value
from splx.lang.front.names import number
from splx.lang.front.relations import called, common
from splx.lang.tree import Binary, Both, Compare, Const, Either, Local, Select, Static, Unary
from splx.lang.types import BOOL, I64, Func, Handle, Ref

if TYPE_CHECKING:
    from collections.abc import Callable

    from splx.lang.front.work import Work
    from splx.lang.tree import Expression

_BINARY: dict[type[ast.operator], tuple[str, Callable[[int, int], int]]] = {
    ast.Add: ("+", operator.add),
    ast.Sub: ("-", operator.sub),
    ast.Mult: ("*", operator.mul),
    ast.FloorDiv: ("//", operator.floordiv),
    ast.Mod: ("%", operator.mod),
    ast.BitAnd: ("&", operator.and_),
    ast.BitOr: ("|", operator.or_),
    ast.BitXor: ("^", operator.xor),
    ast.LShift: ("<<", operator.lshift),
    ast.RShift: (">>", operator.rshift),
}
_NO_BINARY: dict[type[ast.operator], tuple[str, str, str]] = {
    ast.Div: (codes.TRUE_DIVISION, "`/` gives a fraction", "write `//`, which rounds down"),
    ast.Pow: (codes.POWER, "`**` is not an operation of the language", "write `1 << n`, or multiply"),
    ast.MatMult: (codes.MATMUL, "`@` is not an operation of the language", "write the loops"),
}
_COMPARE: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Is: "==",
    ast.IsNot: "!=",
}
_SHIFT = "shift by a count that is in range; shifting everything out is `0`"
_DIVISOR = "divide by something else, or leave the division out"


@reads(ast.BinOp)
def binary_operation(work: Work, node: ast.BinOp) -> Expression:
    """`a + b` and its like."""
    left, right = value(work, node.left), value(work, node.right)
    refuse_operator(work, node.op, node)
    return binary(work, node.op, left, right, (node.left, node.right, node))


def refuse_operator(work: Work, op: ast.operator, node: ast.expr | ast.stmt) -> None:
    """L0119 to L0121 if the language has no such operator."""
    if type(op) in _NO_BINARY:
        code, message, help_ = _NO_BINARY[type(op)]
        raise work.refuse(code, message, node, help_)


def binary(
    work: Work,
    op: ast.operator,
    left: Expression,
    right: Expression,
    nodes: tuple[ast.expr, ast.expr, ast.expr | ast.stmt],
) -> Expression:
    """The operation on two values, done at once if both are constants."""
    sign, compute = _BINARY[type(op)]
    span = work.span(nodes[2])
    if sign in "&|^" and left.type == BOOL and right.type == BOOL:
        return Binary(sign, left, right, BOOL, span)
    require(work, left, I64, nodes[0])
    require(work, right, I64, nodes[1])
    if isinstance(right, Const) and type(right.value) is int:
        _check_right(work, sign, right.value, nodes[1])
        if isinstance(left, Const) and type(left.value) is int and isinstance(nodes[2], ast.expr):
            return number(work, compute(left.value, right.value), nodes[2])
    return Binary(sign, left, right, I64, span)


def check_shift(work: Work, count: object, node: ast.expr) -> None:
    """L0217 for a count that is a constant, and none of those by which words shift."""
    number_ = count.value if isinstance(count, Const) else count
    if type(number_) is int and not 0 <= number_ < I64.bits:
        raise work.refuse(codes.SHIFT, f"a shift by {number_}: words shift by 0 to 63", node, _SHIFT)


def _check_right(work: Work, sign: str, count: int, node: ast.expr) -> None:
    if sign in ("<<", ">>"):
        check_shift(work, count, node)
    if sign in ("//", "%") and count == 0:
        raise work.refuse(codes.ZERO_DIVISION, f"the right side of `{sign}` is zero", node, _DIVISOR)


@reads(ast.UnaryOp)
def unary_operation(work: Work, node: ast.UnaryOp) -> Expression:
    """`-a`, `+a`, `~a`, `not a`."""
    if isinstance(node.op, ast.Not):
        return _negation(work, node)
    inner = node.operand
    if isinstance(node.op, ast.USub) and isinstance(inner, ast.Constant) and type(inner.value) is int:
        return number(work, -inner.value, node)
    made = integer(work, inner)
    if isinstance(node.op, ast.UAdd):
        return made
    sign = "-" if isinstance(node.op, ast.USub) else "~"
    if isinstance(made, Const) and type(made.value) is int:
        return number(work, -made.value if sign == "-" else ~made.value, node)
    return Unary(sign, made, I64, work.span(node))


def _negation(work: Work, node: ast.UnaryOp) -> Expression:
    made = value(work, node.operand)
    if made.type == BOOL:
        return Unary("not", made, BOOL, work.span(node))
    text = operand(node.operand)
    test = f"{text} is NULL" if isinstance(made.type, Ref) else f"{text} == 0"
    message = f"`not` of {called(made.type)}: it takes a truth value"
    raise work.refuse(codes.AND_OR, message, node, f"write `{test}`")


@reads(ast.BoolOp)
def and_or(work: Work, node: ast.BoolOp) -> Expression:
    """`a and b`, `a or b`, of truth values."""
    word, make = ("and", Both) if isinstance(node.op, ast.And) else ("or", Either)
    made = _side(work, node.values[0], word)
    for each in node.values[1:]:
        made = make(made, _side(work, each, word), BOOL, work.span(node))
    return made


def _side(work: Work, node: ast.expr, word: str) -> Expression:
    made = value(work, node)
    if made.type != BOOL:
        text = operand(node)
        test = f"{text} is not NULL" if isinstance(made.type, Ref) else f"{text} != 0"
        message = f"`{word}` of {called(made.type)}: it takes truth values"
        raise work.refuse(codes.AND_OR, message, node, f"write `{test}`")
    return made


@reads(ast.Compare)
def comparison(work: Work, node: ast.Compare) -> Expression:
    """`a < b`, and `a < b < c` where looking at `b` twice is no harm."""
    made: Expression | None = None
    left_node, left = node.left, value(work, node.left)
    for position, (op, right_node) in enumerate(zip(node.ops, node.comparators, strict=True)):
        _refuse_membership(work, op, node)
        right = value(work, right_node)
        one = _compare(work, op, (left, left_node), (right, right_node), node)
        made = one if made is None else Both(made, one, BOOL, work.span(node))
        if position + 1 < len(node.ops) and not repeatable(right):
            help_ = "assign the middle value to a variable first"
            raise work.refuse(
                codes.CHAIN, f"the comparison would look at `{brief(right_node)}` twice", right_node, help_
            )
        left_node, left = right_node, right
    assert made is not None
    return made


def repeatable(made: Expression) -> bool:
    """Whether evaluating it twice is the same as once: nothing loaded, nothing called."""
    if isinstance(made, Binary):
        return repeatable(made.left) and repeatable(made.right)
    return isinstance(made, Const | Local | Static) or (isinstance(made, Unary) and repeatable(made.operand))


def _refuse_membership(work: Work, op: ast.cmpop, node: ast.Compare) -> None:
    if isinstance(op, ast.In | ast.NotIn):
        word = "in" if isinstance(op, ast.In) else "not in"
        raise work.refuse(
            codes.MEMBERSHIP, f"`{word}` asks a collection", node, "compare with each value, or write the loop"
        )


_Side = tuple["Expression", ast.expr]


def _compare(work: Work, op: ast.cmpop, left: _Side, right: _Side, node: ast.Compare) -> Expression:
    one, other = left[0].type, right[0].type
    identity = isinstance(op, ast.Is | ast.IsNot)
    sign = _COMPARE[type(op)]
    equality = sign in ("==", "!=")
    if identity and not (isinstance(one, Ref | Handle | Func) and isinstance(other, Ref | Handle | Func)):
        message = f"`is` between {called(one)} and {called(other)}"
        raise work.refuse(codes.IS_INT, message, node, f"write `{sign}`")
    if common(one, other) is None or not (equality or one == I64):
        _refuse_comparison(work, sign, left, right, node)
    return Compare(sign, left[0], right[0], BOOL, work.span(node))


def _refuse_comparison(work: Work, sign: str, left: _Side, right: _Side, node: ast.Compare) -> None:
    one, other = left[0].type, right[0].type
    help_ = "compare values of one kind: fields, or addresses with `addr`"
    if BOOL in (one, other) and I64 in (one, other):
        help_ = f"write `int({brief((left if one == BOOL else right)[1])})`"
    elif one == other and isinstance(one, Ref):
        help_ = f"compare addresses: `addr({brief(left[1])}) {sign} addr({brief(right[1])})`"
    message = f"`{sign}` between {called(one)} and {called(other)}"
    raise work.refuse(codes.COMPARE, message, node, help_)


@reads(ast.IfExp)
def conditional(work: Work, node: ast.IfExp) -> Expression:
    """`a if c else b`, both of one type."""
    test, then = truth(work, node.test), value(work, node.body)
    other = value(work, node.orelse)
    kind = common(then.type, other.type)
    if kind is None:
        return expect(work, node.orelse, then.type)
    return Select(test, then, other, kind, work.span(node))
