"""Statements that do something at once: expressions, `assert`, `return`, `break`, `continue`, `pass`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from splx.base.diagnostics import SplxError
from splx.lang import codes
from splx.lang.front.dispatch import anything, brief, given, operand, pass_over, truth, value
from splx.lang.front.names import meaning
from splx.lang.front.refused import refuse_statement
from splx.lang.front.relations import called, fits
from splx.lang.front.work import Held, Loop, RefusedError
from splx.lang.intrinsic import spec_of
from splx.lang.kernel import spin_while
from splx.lang.tree import (
    Assert,
    Assign,
    Break,
    Call,
    Const,
    Continue,
    Expr,
    Indirect,
    Intrinsic,
    Local,
    Return,
    Spin,
    TableCall,
)
from splx.lang.types import BOOL, I64, UNIT

if TYPE_CHECKING:
    from collections.abc import Callable

    from splx.lang.front.work import Work
    from splx.lang.tree import Expression, Statement

    Reader: TypeAlias = Callable[[Work, ast.stmt], list[Statement]]

R = TypeVar("R")
_SPIN = "write one condition: `spin_while(lock.word != 0)`"
_readers: dict[type[ast.stmt], Reader] = {}


def reads_statement(kind: type[ast.stmt]) -> Callable[[R], R]:
    """The function reads statements of this kind of syntax."""

    def register(reader: R) -> R:
        _readers[kind] = reader  # type: ignore[assignment]
        return reader

    return register


def block(work: Work, nodes: list[ast.stmt]) -> tuple[Statement, ...]:
    """Statements in order. One that is refused is left out, so that the rest is read too."""
    made: list[Statement] = []
    for node in nodes:
        try:
            reader = _readers.get(type(node))
            if reader is None:
                refuse_statement(work, node)
            made.extend(reader(work, node))
        except SplxError as error:
            for each in error.diagnostics:
                work.errors.add(each)
            pass_over(work, node)
        except RefusedError:
            pass_over(work, node)
    return tuple(made)


@reads_statement(ast.Pass)
def passing(work: Work, node: ast.Pass) -> list[Statement]:
    """`pass`: nothing."""
    return []


@reads_statement(ast.Expr)
def expression(work: Work, node: ast.Expr) -> list[Statement]:
    """A call for its effect; the documentation of a function."""
    inner = node.value
    if isinstance(inner, ast.Constant) and isinstance(inner.value, str) and node is work.node.body[0]:
        return []
    if isinstance(inner, ast.Constant):
        raise work.refuse(codes.NO_EFFECT, "a constant stands here, and nothing is done with it", node, "leave it out")
    found = meaning(work, inner.func) if isinstance(inner, ast.Call) else None
    if isinstance(inner, ast.Call) and found is spin_while:
        return [_spin(work, inner)]
    made = anything(work, inner)
    if not isinstance(made, Call | Indirect | TableCall | Intrinsic):
        raise work.refuse(
            codes.NO_EFFECT, f"`{brief(inner)}` is computed, and nothing is done with it", node, "assign it"
        )
    spec = spec_of(found)
    if spec is not None and spec.leaves:
        work.assigned = None
    return [Expr(made, work.span(node))]


def _spin(work: Work, node: ast.Call) -> Statement:
    if not work.kernel:
        message = "`spin_while` is a form of kernel code, and this is engine code"
        raise work.refuse(codes.DIALECT, message, node, "write a `while`")
    if len(node.args) != 1 or node.keywords:
        raise work.refuse(codes.ARGUMENTS, f"`spin_while` takes one argument, and {given(len(node.args))}", node, _SPIN)
    effects, calls = len(work.effects), len(work.calls)
    test = truth(work, node.args[0])
    more = [*work.effects[effects:], *(span for _, span in work.calls[calls:])]
    if more:
        message = "the condition of `spin_while` does more than look"
        raise work.refuse(codes.SPIN, message, min(more), "let it load and compare only; do the rest after it")
    return Spin(test, work.span(node))


@reads_statement(ast.Assert)
def assertion(work: Work, node: ast.Assert) -> list[Statement]:
    """`assert condition, "message"`; without a message, the condition's text."""
    message = brief(node.test)
    if node.msg is not None:
        if not isinstance(node.msg, ast.Constant) or not isinstance(node.msg.value, str):
            text = f"the message `{brief(node.msg)}` is not a literal text"
            raise work.refuse(codes.MESSAGE, text, node.msg, "write it between quotes")
        message = node.msg.value
    with work.claim("an operation in the condition of an assertion may change something"):
        test = truth(work, node.test)
    return [Assert(test, message, work.span(node))]


@reads_statement(ast.Return)
def returning(work: Work, node: ast.Return) -> list[Statement]:
    """`return`, giving back what is held by every `with` around it."""
    nothing = node.value is None or (isinstance(node.value, ast.Constant) and node.value.value is None)
    made = None if nothing or node.value is None else _returned(work, node.value)
    if made is None and work.result != UNIT:
        message = f"`return` gives nothing, and `{work.func.__name__}` gives {called(work.result)}"
        raise work.refuse(codes.RETURN_TYPE, message, node, "give a value: `return value`")
    span = work.span(node)
    first: list[Statement] = []
    held = [each for each in reversed(work.around) if isinstance(each, Held)]
    if held and made is not None and not isinstance(made, Const | Local):
        # The value is computed while the locks are held.
        place = work.temporary(made.type, span)
        first.append(Assign(place, made, span))
        made = Local(place.name, made.type, span)
    work.assigned = None
    return [*first, *(leave(work, each) for each in held), Return(made, span)]


def _returned(work: Work, node: ast.expr) -> Expression:
    made = value(work, node)
    if work.result == UNIT:
        message = f"`return` gives {called(made.type)}, and the result of `{work.func.__name__}` is `None`"
        raise work.refuse(codes.RETURN_TYPE, message, node, "annotate the result: `-> int`")
    if not fits(made.type, work.result):
        message = f"`{brief(node)}` is {called(made.type)}, and `{work.func.__name__}` gives {called(work.result)}"
        raise work.refuse(codes.RETURN_TYPE, message, node, _conversion(made, work, node))
    return made


def _conversion(made: Expression, work: Work, node: ast.expr) -> str:
    if made.type == BOOL and work.result == I64:
        return f"write `return int({brief(node)})`, or `-> bool`"
    if made.type == I64 and work.result == BOOL:
        return f"write `return {operand(node)} != 0`, or `-> int`"
    return "return what the annotation says, or change it"


def leave(work: Work, held: Held) -> Statement:
    """The call that gives back what a `with` holds."""
    work.calls.append((held.leave, held.span))
    return Expr(Call(held.leave, (held.lock,), UNIT, held.span), held.span)


def _leave_to_loop(work: Work) -> tuple[Loop, list[Statement]]:
    given_back: list[Statement] = []
    for each in reversed(work.around):
        if isinstance(each, Loop):
            return each, given_back
        given_back.append(leave(work, each))
    raise AssertionError("Python refuses a break outside a loop")


@reads_statement(ast.Break)
def breaking(work: Work, node: ast.Break) -> list[Statement]:
    """`break`, giving back what is held inside the loop."""
    loop, given_back = _leave_to_loop(work)
    loop.breaks.append(None if work.assigned is None else set(work.assigned))
    work.assigned = None
    return [*given_back, Break(work.span(node))]


@reads_statement(ast.Continue)
def continuing(work: Work, node: ast.Continue) -> list[Statement]:
    """`continue`, giving back what is held inside the loop."""
    _, given_back = _leave_to_loop(work)
    work.assigned = None
    return [*given_back, Continue(work.span(node))]
