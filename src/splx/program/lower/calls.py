"""Calls: inlined, direct, or through a function value.

A caller writes arguments straight into the callee's window and finds the result in its first register; where that
window lies is decided when all functions are known, so until then its registers have names of their own
(`Code.window`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from splx.lang import tree
from splx.lang.types import UNIT, Type
from splx.program.flows import Key, is_function, key_of, local_key, result_key
from splx.program.insn import Imm, Inlined, Label
from splx.program.lower.claims import ask
from splx.program.lower.code import Exit, Scope, jump_on, value_of
from splx.program.lower.tests import branch

if TYPE_CHECKING:
    from splx.program.insn import Insn, Operand
    from splx.program.lower.code import Code
    from splx.program.lower.world import Target


@dataclass(frozen=True, slots=True)
class Direct:
    """The callee of a direct call."""

    func: Any


@dataclass(frozen=True, slots=True)
class Through:
    """Whoever is behind a function value that comes from `key`."""

    key: Key


def link_place(params: int) -> int:
    """Where in its window a function keeps the return address: behind its parameters, and behind its result."""
    return max(params, 1)


@value_of(tree.Call)
def call(code: Code, node: tree.Call, want: int | None) -> Operand:
    """A call for its value."""
    args = [code.value(arg) for arg in node.args]
    target = code.world.target(node.func, args, code)
    _follow_functions(code, node, target.function)
    if target.inline:
        return _inlined(code, target, args, Exit(Label(), want))
    return _direct(code, target, args, want)


@jump_on(tree.Call)
def call_test(code: Code, node: tree.Call, label: Label, sense: bool) -> None:  # noqa: FBT001
    """A call as a test: each `return` of an inlined function branches by itself."""
    args = [code.value(arg) for arg in node.args]
    target = code.world.target(node.func, args, code)
    _follow_functions(code, node, target.function)
    if target.inline:
        _inlined(code, target, args, Exit(Label(), label=label, sense=sense))
    else:
        branch(code, "NE", _direct(code, target, args, None), Imm(0), label, sense)


def _direct(code: Code, target: Target, args: list[Operand], want: int | None) -> Operand:
    callee = Direct(target.function.func)
    _arguments(code, callee, args)
    insn = code.emit("CALL", dst=code.window(callee, link_place(len(args))))
    insn.target = callee
    return _finish(code, insn, callee, len(args), target.function.result, want)


@value_of(tree.Indirect)
def indirect(code: Code, node: tree.Indirect, want: int | None) -> Operand:
    """A call through a function value; a known function is called directly."""
    if isinstance(node.target, tree.FuncRef):
        return call(code, tree.Call(node.target.func, node.args, node.type, node.span), want)
    target = code.value_reg(node.target)
    args = [code.value(arg) for arg in node.args]
    callee = Through(key_of(node.target, code.scope.function.func))
    _arguments(code, callee, args)
    insn = code.emit("CALLR", dst=code.window(callee, link_place(len(args))), a=target)
    insn.target = callee
    return _finish(code, insn, callee, len(args), node.type, want)


def _arguments(code: Code, callee: object, args: list[Operand]) -> None:
    for place, arg in enumerate(args):
        code.move(code.window(callee, place), arg)


def _finish(code: Code, insn: Insn, callee: object, args: int, kind: Type, want: int | None) -> Operand:
    """Say what a call reads and writes; fetch its result before another call can overwrite it."""
    insn.more_uses = tuple(code.window(callee, place) for place in range(args))
    if kind == UNIT:
        return Imm(0)
    result = code.window(callee, 0)
    insn.more_defs = (result,)
    return code.to("MOV", want, b=result)


def _follow_functions(code: Code, node: tree.Call, function: tree.Function) -> None:
    """Function values that pass by argument or result."""
    for param, arg in zip(function.params, node.args, strict=True):
        if is_function(param.type):
            code.world.flows.assign(local_key(function.func, param.name), arg, code.scope.function.func)
    if is_function(function.result):
        code.world.flows.unite(result_key(node.func), result_key(function.func))


def _inlined(code: Code, target: Target, args: list[Operand], leave: Exit) -> Operand:
    """The body of the callee in place of the call, each instruction knowing the call it came through."""
    function = target.function
    account = code.world.account(function, code.scope.origin.account)
    scope = Scope(Inlined(function, account, code.span, code.scope.origin), leave)
    about = facts(code, function)
    for param, arg in zip(function.params, args, strict=True):
        # A parameter that the callee assigns to must not be the caller's register.
        scope.names[param.name] = code.to("MOV", None, b=arg) if param.name in about.assigned else arg
    if leave.label is None and leave.want is None and function.result != UNIT and not about.single_return:
        leave.want = code.new()
    with code.inside(scope):
        ask(code, function)
        code.block(function.body)
    code.place(leave.end)
    if leave.result is not None:
        return leave.result
    return Imm(0) if leave.want is None else leave.want


@dataclass(frozen=True, slots=True)
class Facts:
    """What inlining asks about a body: the names it assigns to, and whether its only `return` is its last statement.

    `function` keeps the typed form alive, whose identity is the key.
    """

    function: tree.Function
    assigned: frozenset[str]
    single_return: bool


def facts(code: Code, function: tree.Function) -> Facts:
    """The facts about `function`, looked up once."""
    known = code.world.facts.get(id(function))
    if known is None:
        names: set[str] = set()
        returns = _scan(function.body, names)
        last = bool(function.body) and isinstance(function.body[-1], tree.Return)
        known = code.world.facts[id(function)] = Facts(function, frozenset(names), returns == 1 and last)
    return known


def _scan(statements: tuple[tree.Statement, ...], names: set[str]) -> int:
    """Collect assigned names; returns how many `return`s there are."""
    returns = 0
    for each in statements:
        if isinstance(each, tree.Return):
            returns += 1
        elif isinstance(each, tree.Assign) and isinstance(each.place, tree.LocalPlace):
            names.add(each.place.name)
        elif isinstance(each, tree.If):
            returns += _scan(each.then, names) + _scan(each.other, names)
        elif isinstance(each, tree.While):
            returns += _scan(each.body, names)
        elif isinstance(each, tree.For):
            names.add(each.name)
            returns += _scan(each.body, names)
    return returns
