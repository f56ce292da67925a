"""Assertions that no user wrote: what a function asks of its callers, and that the lock of a field is held.

Both are made in users' code only (`World.bounds`): the kernels say what they rely on themselves, and are tested. Like
all assertions they are of a cost class of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from splx.lang import tree
from splx.lang.struct import struct_of
from splx.lang.types import BOOL, I64, UNIT, Ref, Struct
from splx.program.guards import guard_of
from splx.program.lower.code import STATEMENTS

if TYPE_CHECKING:
    from splx.program.guards import Guard
    from splx.program.insn import Operand
    from splx.program.lower.code import Code

#: The local that holds a lock while it is asked about: no name that a user can write.
_LOCK = "%lock"


def ask(code: Code, function: tree.Function) -> None:
    """Assert the contracts of `function`, whose body comes next."""
    if not code.world.bounds(function.span.file):
        return
    for each in function.contracts:
        check = code.world.contracts.get(each.name)
        if check is None:
            continue
        wanted = each.wanted if each.name == "level" else sum(1 << where for where in each.wanted)
        span, code.span = code.span, each.span
        code.value(tree.Call(check, (tree.Const(wanted, I64, each.span),), UNIT, each.span))
        code.span = span


def guard(code: Code, struct: Struct, field: str) -> Guard | None:
    """The lock that must be held where a field is used, if it is to be asserted here. A busy-wait only looks."""
    if code.spinning or not code.world.guards or not code.world.bounds(code.span.file):
        return None
    return guard_of(struct.cls, field)


def claim_held(code: Code, guard: Guard, of: str, at: Operand | None) -> None:
    """Assert that a lock is held: `at`, if it is one of the struct's own. `of` names the field."""
    span = code.span
    message = f"`{of}` is used, and `{guard.name}` is not held"
    args: tuple[tree.Expression, ...] = ()
    outer = dict(code.scope.names)
    if at is not None:
        code.scope.names[_LOCK] = at
        args = (tree.Local(_LOCK, I64, span),)
    elif guard.lock is not None:
        args = (tree.Static(guard.lock, Ref(struct_of(type(guard.lock))), span),)
    if guard.owned is not None:
        test: tree.Expression = tree.Call(guard.owned, args, BOOL, span)
    else:
        test = tree.Compare("!=", args[0], tree.Const(0, I64, span), BOOL, span)
    STATEMENTS[tree.Assert](code, tree.Assert(test, message, span))
    code.scope.names.pop(_LOCK, None)
    assert code.scope.names == outer
    code.span = span
