"""Statements of the typed form as LLVM text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from splx.lang import tree
from splx.lang.marks import following
from splx.lang.native import expressions  # noqa: F401 - registers how expressions are written
from splx.lang.native.body import Loop
from splx.lang.native.places import store, struct_of
from splx.lang.native.types import value_type
from splx.lang.types import I64

if TYPE_CHECKING:
    from collections.abc import Callable

    from splx.lang.native.body import Body
    from splx.lang.types import Type


def block(body: Body, statements: tuple[tree.Statement, ...]) -> None:
    """Emit statements in order; what follows a jump is never reached and left out."""
    for statement in statements:
        if body.block is None:
            return
        emit = _EMIT.get(type(statement))
        if emit is None:
            raise TypeError(f"{type(statement).__name__} is not engine code ({statement.span})")
        emit(body, statement)


def _assign(body: Body, node: tree.Assign) -> None:
    if isinstance(node.place, tree.LocalPlace) and follows(node):
        step_on(body, node.place)
        return
    operand = body.value(node.value)
    if isinstance(node.place, tree.FieldPlace):
        store(body, node.place, operand)
    else:
        _set_local(body, node.place.name, node.place.type, operand)


def follows(node: tree.Statement) -> bool:
    """Whether it lets a local refer to the item behind the one that it refers to."""
    value = node.value if isinstance(node, tree.Assign) else None
    index = value.place.steps[-1].index if isinstance(value, tree.Addr) and value.place.steps else None
    return isinstance(index, tree.Call) and index.func is following


def step_on(body: Body, place: tree.LocalPlace) -> None:
    """See `follows`."""
    here = body.let(f"load ptr, ptr {body.slot(place.name, place.type)}")
    size = body.unit.layouts.extent(struct_of(place.type)).size
    _set_local(body, place.name, place.type, body.let(f"getelementptr inbounds i8, ptr {here}, i64 {size}"))
    body.stepped = body.block


def _set_local(body: Body, name: str, kind: Type, operand: str) -> None:
    body.do(f"store {value_type(kind)} {operand}, ptr {body.slot(name, kind)}")


def _expr(body: Body, node: tree.Expr) -> None:
    body.value(node.value)


def _if(body: Body, node: tree.If) -> None:
    then, done = body.label("then"), body.label("done")
    other = body.label("else") if node.other else done
    body.branch(body.value(node.test), then, other)
    body.open(then)
    block(body, node.then)
    body.jump(done)
    if node.other:
        body.open(other)
        block(body, node.other)
    body.open(done)


def _while(body: Body, node: tree.While) -> None:
    test, inside, out = body.label("while"), body.label("do"), body.label("out")
    body.open(test)
    body.branch(body.value(node.test), inside, out)
    _loop_body(body, inside, Loop(again=test, out=out), node.body)
    body.jump(test)
    body.open(out)


def _loop_body(body: Body, inside: str, loop: Loop, statements: tuple[tree.Statement, ...]) -> None:
    body.open(inside)
    body.loops.append(loop)
    block(body, statements)
    body.loops.pop()


def _for(body: Body, node: tree.For) -> None:
    """A hidden counter runs; the loop variable gets its value each round, so assigning to it changes nothing."""
    start, stop = body.value(node.start), body.value(node.stop)
    rounds = _rounds(body, start, stop, node.step)
    at, left = f"for{body.label('.')}", f"left{body.label('.')}"
    _set_local(body, at, I64, start)
    _set_local(body, left, I64, rounds)
    test, inside, again, out = (body.label(hint) for hint in ("for", "do", "next", "out"))
    body.open(test)
    todo = body.let(f"load i64, ptr {body.slot(left, I64)}")
    body.branch(body.let(f"icmp ne i64 {todo}, 0"), inside, out)
    body.open(inside)
    now = body.let(f"load i64, ptr {body.slot(at, I64)}")
    _set_local(body, node.name, I64, now)
    _loop_body(body, body.label("round"), Loop(again=again, out=out), node.body)
    body.open(again)
    _set_local(body, at, I64, body.let(f"add i64 {now}, {node.step}"))
    _set_local(body, left, I64, body.let(f"sub i64 {todo}, 1"))
    body.jump(test)
    body.open(out)


def _rounds(body: Body, start: str, stop: str, step: int) -> str:
    """How often the loop runs, without overflow: the distance is a 64-bit number without a sign."""
    low, high = (start, stop) if step > 0 else (stop, start)
    some = body.let(f"icmp slt i64 {low}, {high}")
    rounds = body.let(f"sub i64 {high}, {low}")
    if abs(step) != 1:
        rounds = body.let(f"udiv i64 {body.let(f'sub i64 {rounds}, 1')}, {abs(step)}")
        rounds = body.let(f"add i64 {rounds}, 1")
    return body.let(f"select i1 {some}, i64 {rounds}, i64 0")


def _break(body: Body, _: tree.Break) -> None:
    body.jump(body.loops[-1].out)


def _continue(body: Body, _: tree.Continue) -> None:
    loop = body.loops[-1]
    if loop.go_on is not None:
        loop.go_on()
    else:
        body.jump(loop.again)


def _return(body: Body, node: tree.Return) -> None:
    if node.value is None:
        body.end("ret void")
    else:
        operand = body.value(node.value)
        body.end(f"ret {value_type(node.value.type)} {operand}")


def _assert(body: Body, node: tree.Assert) -> None:
    """Asserts of engine code are checked in plain Python only."""


_EMIT: dict[type, Callable[[Body, Any], None]] = {
    tree.Assign: _assign,
    tree.Expr: _expr,
    tree.If: _if,
    tree.While: _while,
    tree.For: _for,
    tree.Break: _break,
    tree.Continue: _continue,
    tree.Return: _return,
    tree.Assert: _assert,
}
