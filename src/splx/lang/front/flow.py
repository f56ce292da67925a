"""Statements with statements inside: `if`, `while`, `for`, `with`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from splx.lang import codes
from splx.lang.front.assignments import check_name, kept
from splx.lang.front.dispatch import attempt, brief, given, integer, truth, value
from splx.lang.front.names import meaning
from splx.lang.front.relations import called
from splx.lang.front.statements import block, leave, reads_statement
from splx.lang.front.work import Held, Loop, RefusedError, join
from splx.lang.tree import Call, Const, Expr, For, If, Local, Static, While
from splx.lang.types import I64, UNIT, Ref

if TYPE_CHECKING:
    from splx.lang.front.work import Work
    from splx.lang.tree import Expression, Statement

_RANGE = "write `range(stop)`, `range(start, stop)` or `range(start, stop, step)`"
_PLAIN = "write `lock(m)` and `unlock(m)` as calls, or mark this as kernel code by what it imports"


def _copy(assigned: set[str] | None) -> set[str] | None:
    return None if assigned is None else set(assigned)


@reads_statement(ast.If)
def branch(work: Work, node: ast.If) -> list[Statement]:
    """`if`, `elif`, `else`."""
    test = attempt(work, truth, node.test)
    before = _copy(work.assigned)
    then = block(work, node.body)
    after = work.assigned
    work.assigned = before
    other = block(work, node.orelse)
    work.assigned = join(after, work.assigned)
    return [If(test, then, other, work.span(node))]


@reads_statement(ast.While)
def looping(work: Work, node: ast.While) -> list[Statement]:
    """`while`. One whose condition is `True` ends by `break` or `return` alone."""
    _refuse_else(work, node)
    test = attempt(work, truth, node.test)
    before = _copy(work.assigned)
    loop, body = _body(work, None, node.body)
    forever = isinstance(test, Const) and test.value is True
    work.assigned = None if forever else before
    for each in loop.breaks:
        work.assigned = join(work.assigned, each)
    return [While(test, body, work.span(node))]


def _body(work: Work, variable: str | None, nodes: list[ast.stmt]) -> tuple[Loop, tuple[Statement, ...]]:
    loop = Loop(variable)
    work.around.append(loop)
    body = block(work, nodes)
    work.around.pop()
    return loop, body


def _refuse_else(work: Work, node: ast.While | ast.For) -> None:
    if node.orelse:
        help_ = "set a variable before `break`, and test it after the loop"
        work.report(codes.LOOP_ELSE, "a loop has an `else`", node.orelse[0], help_)


@reads_statement(ast.For)
def counting(work: Work, node: ast.For) -> list[Statement]:
    """`for i in range(...)`: bounds once; `i` has no value after the loop."""
    _refuse_else(work, node)
    if not isinstance(node.target, ast.Name):
        raise work.refuse(codes.TARGETS, "several targets are assigned at once", node.target, "count with one variable")
    variable = node.target.id
    check_name(work, node.target)
    start, stop, step = _range(work, node)
    before = _copy(work.assigned)
    known = work.types.setdefault(variable, I64)
    if known is not None and known != I64:
        message = f"`{variable}` is {called(known)}, and counts the rounds of a loop here"
        raise work.refuse(codes.TYPE_CHANGES, message, node.target, "use another variable")
    work.types[variable] = I64
    work.assign(variable)
    _, body = _body(work, variable, node.body)
    # No round is also a way through, so what a `break` saw adds nothing.
    work.assigned = None if before is None else before - {variable}
    work.after_loop.add(variable)
    return [For(variable, start, stop, step, body, work.span(node))]


def _range(work: Work, node: ast.For) -> tuple[Expression, Expression, int]:
    call = node.iter
    if not isinstance(call, ast.Call) or meaning(work, call.func) is not range:
        help_ = "count its indices: `for i in range(length)`"
        raise work.refuse(codes.FOR_RANGE, f"the loop goes over `{brief(call)}`, and no range", call, help_)
    if call.keywords or not 1 <= len(call.args) <= 3:
        raise work.refuse(codes.ARGUMENTS, f"`range` takes 1 to 3 arguments, and {given(len(call.args))}", call, _RANGE)
    bounds = [attempt(work, integer, each) for each in call.args]
    zero = Const(0, I64, work.span(call))
    if len(bounds) == 1:
        return zero, bounds[0], 1
    step = bounds[2] if len(bounds) == 3 else Const(1, I64, zero.span)
    if not isinstance(step, Const) or type(step.value) is not int or step.value == 0:
        what = "zero" if isinstance(step, Const) and step.value == 0 else "not a constant"
        work.report(codes.STEP, f"the step of the range is {what}", call.args[2], "write a number, or a `while`")
        return bounds[0], bounds[1], 1
    return bounds[0], bounds[1], step.value


@reads_statement(ast.With)
def holding(work: Work, node: ast.With) -> list[Statement]:
    """`with lock:` enters, and exits on every way out (kernel code)."""
    made: list[Statement] = []
    held: list[Held] = []
    for item in node.items:
        try:
            held.append(_entered(work, item, node, made))
            work.around.append(held[-1])
        except RefusedError:
            # The body may have mistakes of its own.
            continue
    made.extend(block(work, node.body))
    for each in reversed(held):
        work.around.pop()
        if work.assigned is not None:
            made.append(leave(work, each))
    return made


def _entered(work: Work, item: ast.withitem, node: ast.With, made: list[Statement]) -> Held:
    expr = item.context_expr
    if not work.kernel:
        raise work.refuse(codes.DIALECT, "`with` is a form of kernel code, and this is engine code", expr, _PLAIN)
    if item.optional_vars is not None:
        help_ = f"write `with {brief(expr)}:`, and use its name"
        raise work.refuse(codes.WITH_AS, "`with` gives its lock a name", item.optional_vars, help_)
    lock = value(work, expr)
    cls = lock.type.struct.cls if isinstance(lock.type, Ref) and lock.type.struct is not None else None
    enter, exit_ = getattr(cls, "enter_with", None), getattr(cls, "exit_with", None)
    if enter is None or exit_ is None:
        help_ = "its class names two functions, `enter_with` and `exit_with`"
        raise work.refuse(codes.WITH_LOCK, f"`{brief(expr)}` is {called(lock.type)}, and no lock", expr, help_)
    span = work.span(expr)
    if not isinstance(lock, Static | Local):
        lock = kept(work, lock, span, made)
    work.calls.append((enter, span))
    made.append(Expr(Call(enter, (lock,), UNIT, span), span))
    return Held(lock, exit_, span)
