"""Statements: assignments, branches, loops, returns, assertions, busy-waits."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from splx.lang import tree
from splx.lang.links import NullRef
from splx.machine.constants import F_IMM
from splx.machine.table import ROWS
from splx.program.flows import is_function, place_key, result_key
from splx.program.insn import Imm, Insn, Label, Loop, Operand, Text
from splx.program.lower.calls import facts
from splx.program.lower.code import statement
from splx.program.lower.fold import COMPARE, MIRROR, OPPOSITE, numbers
from splx.program.lower.places import spot, store
from splx.program.lower.pure import cheap, loads
from splx.program.lower.tests import branch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from splx.program.lower.code import Code


NOTHING: Operand = Imm(0)


@statement(tree.Assign)
def assign(code: Code, node: tree.Assign) -> None:
    """To a local: its register. To a field: a store. What serves assertions alone is of their cost class."""
    asserting, code.asserting = code.asserting, code.asserting or node.ghost
    _assign(code, node)
    code.asserting = asserting


def _assign(code: Code, node: tree.Assign) -> None:
    place = node.place
    if is_function(place.type):
        owner = code.scope.function.func
        key = place_key(place, owner)
        if key is not None:
            code.world.flows.assign(key, node.value, owner)
    if isinstance(place, tree.LocalPlace) and place.name.startswith("%"):
        _temporary(code, place.name, node.value)
    elif isinstance(place, tree.LocalPlace):
        code.value_in(node.value, _register(code, place.name))
    else:
        value = code.value(node.value)
        code.span = node.span
        store(code, spot(code, place), value)


def _register(code: Code, name: str) -> int:
    """The register of a local. Only a parameter that nobody assigns to can be a number."""
    register = code.scope.names.get(name)
    if register is None:
        register = code.scope.names[name] = code.new()
    assert isinstance(register, int)
    return register


def _temporary(code: Code, name: str, value: tree.Expression) -> None:
    """A local of the front end's own is assigned once: if its value is a number, it needs no register."""
    operand = code.value(value)
    if isinstance(operand, Imm):
        code.scope.names[name] = operand
    else:
        code.scope.names[name] = code.to("MOV", None, b=operand)


@statement(tree.Expr)
def effect(code: Code, node: tree.Expr) -> None:
    """A call or intrinsic for what it does."""
    code.value(node.value)


@statement(tree.If)
def condition(code: Code, node: tree.If) -> None:
    """`if`: around the unwanted side; straight to the target of a lone `break` or `continue`."""
    target = _lone_jump(code, node)
    if target is not None:
        code.jump(node.test, target, sense=True)
        return
    other, end = Label(), Label()
    code.jump(node.test, other, sense=False)
    code.block(node.then)
    if node.other:
        code.go(end)
    code.place(other)
    code.block(node.other)
    code.place(end)


def _lone_jump(code: Code, node: tree.If) -> Label | None:
    if len(node.then) == 1 and not node.other and code.scope.loops:
        if isinstance(node.then[0], tree.Break):
            return code.scope.loops[-1][0]
        if isinstance(node.then[0], tree.Continue):
            return code.scope.loops[-1][1]
    return None


@statement(tree.While)
def loop(code: Code, node: tree.While) -> None:
    """`while`: the test at the bottom, entered there, or after the same test once more if that takes no load."""
    top, test, end = Label(), Label(), Label()
    if cheap(node.test) and not loads(node.test):
        code.jump(node.test, end, sense=False)
    else:
        code.go(test)
    code.place(top)
    with _inside(code, end, test) as mine:
        code.block(node.body)
    code.place(test)
    code.span = node.span
    first = len(code.items)
    code.jump(node.test, top, sense=True)
    code.back(first, top, mine)
    mine.goes_on = _goes_on(code.items[code.items.index(top) :])
    code.place(end)


def _goes_on(items: list[Insn | Label]) -> bool:
    """Whether nothing leads out of these, the last of which goes back to the first."""
    insns = [each for each in items if isinstance(each, Insn)]
    if items[-1] is not insns[-1] or insns[-1].op != "JMP":
        return False
    inside = {id(each) for each in items if isinstance(each, Label)}
    return all(each.op != "RET" and (not isinstance(each.target, Label) or id(each.target) in inside) for each in insns)


@contextmanager
def _inside(code: Code, end: Label, again: Label) -> Iterator[Loop]:
    """The body of a loop: where its `break` and its `continue` go to."""
    first, outer = len(code.items), code.loop
    code.scope.loops.append((end, again))
    code.loop = mine = Loop(outer)
    yield mine
    code.loop = outer
    code.scope.loops.pop()
    code.back(first, again, mine)


@statement(tree.For)
def count(code: Code, node: tree.For) -> None:
    """`for name in range(...)`: the name is the counter, as the body must not assign to it."""
    top, again, end = Label(), Label(), Label()
    counter = _register(code, node.name)
    code.value_in(node.start, counter)
    stop = code.value(node.stop)
    if isinstance(stop, int):
        # `range` looks at its bounds once, and the body may assign to what they were made of.
        stop = code.to("MOV", None, b=stop)
    on = "LT" if node.step > 0 else "GT"
    if not _surely_entered(code, node, stop):
        branch(code, on, counter, stop, end, sense=False)
    code.place(top)
    with _inside(code, end, again) as mine:
        code.block(node.body)
    code.place(again)
    code.span = node.span
    code.emit("ADD", counter, counter, Imm(node.step))
    first = len(code.items)
    branch(code, on, counter, stop, top, sense=True)
    code.back(first, top, mine)
    code.place(end)


def _surely_entered(code: Code, node: tree.For, stop: Operand) -> bool:
    """Whether the first round is certain, so that the loop need not be entered at its test."""
    if not isinstance(node.start, tree.Const) or not isinstance(stop, Imm):
        return False
    start = code.world.constant(node.start.value, code)
    return start < stop.value if node.step > 0 else start > stop.value


@statement(tree.Break)
def leave_loop(code: Code, node: tree.Break) -> None:
    """`break`."""
    code.go(code.scope.loops[-1][0])


@statement(tree.Continue)
def next_round(code: Code, node: tree.Continue) -> None:
    """`continue`."""
    code.go(code.scope.loops[-1][1])


@statement(tree.Return)
def give_back(code: Code, node: tree.Return) -> None:
    """`return`, of the function itself or of one inlined into it."""
    leave, function = code.scope.exit, code.scope.function
    if node.value is not None and is_function(function.result):
        code.world.flows.assign(result_key(function.func), node.value, function.func)
    if leave is None:
        if node.value is not None:
            code.value_in(node.value, code.result)
        finish(code, has_result=node.value is not None)
        return
    if node.value is not None:
        if leave.label is not None:
            code.jump(node.value, leave.label, leave.sense)
        elif facts(code, function).single_return:
            leave.result = code.value(node.value, leave.want)
        elif leave.want is not None:
            code.value_in(node.value, leave.want)
    if not facts(code, function).single_return:
        code.go(leave.end)


def finish(code: Code, *, has_result: bool) -> None:
    """The end of a whole function. Placing it as the start of a context turns RET into LEAVE."""
    insn = code.emit("RET", a=code.link)
    if has_result:
        insn.more_uses = (code.result,)


@statement(tree.Assert)
def claim(code: Code, node: tree.Assert) -> None:
    """`assert`: everything it takes is of a cost class of its own. `a and b` is two assertions in a row."""
    asserting, code.asserting = code.asserting, True
    _claim(code, node.test, Imm(0, Text(node.message, node.span)))
    code.asserting = asserting


def _claim(code: Code, test: tree.Expression, message: Imm) -> None:
    if isinstance(test, tree.Both):
        _claim(code, test.left, message)
        _claim(code, test.right, message)
    elif isinstance(test, tree.Either) and not (cheap(test.left) and cheap(test.right)):
        end = Label()
        code.jump(test.left, end, sense=True)
        _claim(code, test.right, message)
        code.place(end)
    else:
        _compared(code, test, message)


def _compared(code: Code, test: tree.Expression, message: Imm) -> None:
    """A comparison that is asserted is one instruction, and so is anything else, which must not be 0."""
    negated = isinstance(test, tree.Unary) and test.op == "not"
    inner = test.operand if isinstance(test, tree.Unary) and negated else test
    rel, right = "NE", NOTHING
    if isinstance(inner, tree.Compare):
        rel, left, right = COMPARE[inner.op], code.value(inner.left), code.value(inner.right)
    else:
        left = code.value(inner)
        told = _last_compared(code, left)
        if told is not None:
            rel, left, right = told
    rel = OPPOSITE[rel] if negated else rel
    if isinstance(left, Imm):
        rel, left, right = MIRROR[rel], right, left
    known = numbers(rel, left, right)
    if known is None or not known.value:
        code.emit(f"A{rel}", a=code.reg(left), b=right).target = message.reloc


def _last_compared(code: Code, value: Operand) -> tuple[str, Operand, Operand] | None:
    """The comparison that a truth value is, if it was the last thing done, perhaps in a function inlined."""
    at = len(code.items) - 1
    while at >= 0 and isinstance(code.items[at], Label):
        if any(isinstance(each, Insn) and each.target is code.items[at] for each in code.items):
            return None
        at -= 1
    last = code.items[at] if at >= 0 else None
    if not isinstance(last, Insn) or last.op[1:] not in OPPOSITE or last.op[0] != "S" or last.dst != value:
        return None
    if last.dst in (last.a, last.b):
        return None
    return last.op[1:], last.a, Imm(last.imm, last.reloc) if last.flags & F_IMM else last.b


@statement(tree.Spin)
def spin(code: Code, node: tree.Spin) -> None:
    """`spin_while`: a straight block of loads and arithmetic with SPIN at its end."""
    start = Label()
    first = len(code.items)
    code.place(start)
    code.spinning = True
    test = code.value_reg(_nonzero(node.test))
    code.span = node.span
    code.emit("SPIN", a=test).target = start
    code.spinning = False
    # The front end lets only what looks stand here, and in a spin every operator is lowered without branches.
    assert all(isinstance(item, Insn) and not ROWS[item.op].ends for item in code.items[first + 1 : -1])


def _nonzero(test: tree.Expression) -> tree.Expression:
    """What SPIN has to look at: any word will do, if `test` is whether it is not zero."""
    if isinstance(test, tree.Compare) and test.op == "!=" and isinstance(test.right, tree.Const):
        value = test.right.value
        if isinstance(value, NullRef) or (isinstance(value, int) and value == 0):
            return test.left
    return test
