"""Expressions that compute: constants, names, arithmetic, comparisons, selections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splx.lang import codes, tree
from splx.lang.types import Int
from splx.program.insn import At, Imm, Label, Number
from splx.program.lower.bits import one_bit
from splx.program.lower.code import value_of
from splx.program.lower.fold import BINARY, COMPARE, MIRROR, OPPOSITE, numbers, simpler, trivial
from splx.program.lower.pure import cheap

if TYPE_CHECKING:
    from splx.program.insn import Operand
    from splx.program.lower.code import Code


@value_of(tree.Const)
def constant(code: Code, node: tree.Const, want: int | None) -> Operand:
    """A number, which needs no instruction."""
    return Imm(code.world.constant(node.value, code))


@value_of(tree.Local)
def local(code: Code, node: tree.Local, want: int | None) -> Operand:
    """A local lives in a register; a parameter of an inlined function may be a number."""
    return code.scope.names[node.name]


@value_of(tree.Static)
def static(code: Code, node: tree.Static, want: int | None) -> Operand:
    """The address of a static."""
    if getattr(type(node.obj), "__per_cpu__", False):
        message = f"`{type(node.obj).__name__}` is per CPU: there is one on every CPU, and no reference to all of them"
        raise code.refuse(codes.PER_CPU_VALUE, message, "use its fields, or `on_cpu(variable, n).field`")
    return Imm(0, At(node.obj))


@value_of(tree.FuncRef)
def function(code: Code, node: tree.FuncRef, want: int | None) -> Operand:
    """The number of a function."""
    return Imm(0, Number(code.world.body(node.func, code.span)))


def binary(code: Code, op: str, left: Operand, right: Operand, want: int | None = None) -> Operand:
    """One arithmetic operation on operands, in its cheapest form."""
    known = numbers(op, left, right) or trivial(op, left, right)
    if known is not None:
        return known
    op, left, right = simpler(op, left, right)
    same = trivial(op, left, right)
    return code.to(op, want, code.reg(left), right) if same is None else same


@value_of(tree.Binary)
def arithmetic(code: Code, node: tree.Binary, want: int | None) -> Operand:
    """An operator, `min` or `max`."""
    done = one_bit(code, node, want)
    if done is not None:
        return done
    left = code.value(node.left)
    right = code.value(node.right)
    return binary(code, BINARY[node.op], left, right, want)


@value_of(tree.Unary)
def unary(code: Code, node: tree.Unary, want: int | None) -> Operand:
    """One-sided operators. A truth value is 0 or 1, so `int` of one is itself."""
    if node.op == "not" and isinstance(node.operand, tree.Compare):
        left, right = code.value(node.operand.left), code.value(node.operand.right)
        return compare(code, OPPOSITE[COMPARE[node.operand.op]], left, right, want)
    operand = code.value(node.operand)
    if node.op == "int":
        return operand
    if node.op == "not":
        return binary(code, "XOR", operand, Imm(1), want)
    if node.op == "bool":
        return compare(code, "NE", operand, Imm(0), want)
    if node.op == "~":
        return binary(code, "XOR", operand, Imm(-1), want)
    if node.op == "-":
        return binary(code, "SUB", Imm(0), operand, want)
    assert node.op == "abs", node.op
    return binary(code, "MAX", operand, binary(code, "SUB", Imm(0), operand), want)


def compare(code: Code, rel: str, left: Operand, right: Operand, want: int | None = None) -> Operand:
    """The truth value of a comparison of operands."""
    known = numbers(rel, left, right)
    if known is not None:
        return known
    if isinstance(left, Imm):
        rel, left, right = MIRROR[rel], right, left
    return code.to(SET[rel], want, code.reg(left), right)


SET = {rel: f"S{rel}" for rel in MIRROR}


@value_of(tree.Compare)
def comparison(code: Code, node: tree.Compare, want: int | None) -> Operand:
    """A comparison whose truth value is wanted as a number."""
    left = code.value(node.left)
    right = code.value(node.right)
    return compare(code, COMPARE[node.op], left, right, want)


@value_of(tree.Both, tree.Either)
def junction(code: Code, node: tree.Both | tree.Either, want: int | None) -> Operand:
    """`and` and `or` as numbers: both sides at once if that cannot be told apart, else a branch round the right one."""
    either = isinstance(node, tree.Either)
    left = code.value(node.left)
    if isinstance(left, Imm):
        return left if bool(left.value) == either else code.value(node.right, want)
    if code.spinning or cheap(node.right):
        return binary(code, "OR" if either else "AND", left, code.value(node.right), want)
    result, end = code.new(), Label()
    code.move(result, left)
    branch = code.emit("BNE" if either else "BEQ", a=result, b=Imm(0))
    branch.target, branch.when = end, either
    code.value_in(node.right, result)
    code.place(end)
    return result


@value_of(tree.Select)
def selection(code: Code, node: tree.Select, want: int | None) -> Operand:
    """`a if test else b`: a conditional move if both sides are cheap and unseen, else a branch."""
    if code.spinning or (cheap(node.then) and cheap(node.other)):
        return select(code, node, want)
    result, other, end = code.new(), Label(), Label()
    code.jump(node.test, other, sense=False)
    code.value_in(node.then, result)
    code.go(end)
    code.place(other)
    code.value_in(node.other, result)
    code.place(end)
    return result


def select(code: Code, node: tree.Select, want: int | None) -> Operand:
    """SEL; or MIN or MAX, if that is what the test says; or the test itself."""
    extreme = _extreme(node)
    if extreme is not None:
        return binary(code, extreme, code.value(node.then), code.value(node.other), want)
    test, swapped = _test(code, node.test)
    then, other = code.value(node.then), code.value(node.other)
    if swapped:
        then, other = other, then
    if isinstance(test, Imm):
        return then if test.value else other
    if (then, other) == (Imm(1), Imm(0)) and not swapped and not isinstance(node.test.type, Int):
        return test
    then, other = code.reg(then), code.reg(other)
    return code.to("SEL", want, test, then, other)


def _test(code: Code, test: tree.Expression) -> tuple[Operand, bool]:
    """A register that decides, and whether it decides the other way round: `x == 0` needs no comparison."""
    if isinstance(test, tree.Unary) and test.op == "not":
        operand, swapped = _test(code, test.operand)
        return operand, not swapped
    if isinstance(test, tree.Compare) and test.op in {"==", "!="}:
        left, right = code.value(test.left), code.value(test.right)
        if isinstance(left, Imm):
            left, right = right, left
        if right == Imm(0):
            return left, test.op == "=="
        return compare(code, COMPARE[test.op], left, right), False
    return code.value(test), False


def _extreme(node: tree.Select) -> str | None:
    """MIN or MAX for `a if a < b else b` and the like."""
    test = node.test
    if not isinstance(test, tree.Compare) or test.op not in {"<", "<=", ">", ">="}:
        return None
    sides = (_name(test.left), _name(test.right))
    results = (_name(node.then), _name(node.other))
    if None in sides or sides[0] == sides[1] or set(sides) != set(results):
        return None
    keeps_lesser = (test.op[0] == "<") == (sides == results)
    return "MIN" if keeps_lesser else "MAX"


def _name(node: tree.Expression) -> object:
    """What two equal sides have in common: the name of a local, or the number."""
    if isinstance(node, tree.Local):
        return node.name
    return (node.value,) if isinstance(node, tree.Const) else None
