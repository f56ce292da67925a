"""Truth values that decide where control goes: compare and branch in one instruction, no value in between."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splx.lang import tree
from splx.program.insn import Imm, Label
from splx.program.lower.code import jump_on
from splx.program.lower.fold import COMPARE, MIRROR, OPPOSITE, numbers

if TYPE_CHECKING:
    from splx.program.insn import Operand
    from splx.program.lower.code import Code


def branch(code: Code, rel: str, left: Operand, right: Operand, label: Label, sense: bool) -> None:  # noqa: FBT001
    """Go to `label` if the comparison of two operands is `sense`."""
    known = numbers(rel, left, right)
    if known is not None:
        if bool(known.value) == sense:
            code.go(label)
        return
    if isinstance(left, Imm):
        rel, left, right = MIRROR[rel], right, left
    insn = code.emit(f"B{rel if sense else OPPOSITE[rel]}", a=code.reg(left), b=right)
    insn.target, insn.when = label, sense


@jump_on(object)
def on_value(code: Code, node: tree.Expression, label: Label, sense: bool) -> None:  # noqa: FBT001
    """Any truth value that comes as a number."""
    branch(code, "NE", code.value(node), Imm(0), label, sense)


@jump_on(tree.Compare)
def on_comparison(code: Code, node: tree.Compare, label: Label, sense: bool) -> None:  # noqa: FBT001
    """A comparison: one instruction."""
    left = code.value(node.left)
    right = code.value(node.right)
    branch(code, COMPARE[node.op], left, right, label, sense)


@jump_on(tree.Unary)
def on_unary(code: Code, node: tree.Unary, label: Label, sense: bool) -> None:  # noqa: FBT001
    """`not` exchanges the ways out; `bool` of an integer is a comparison with 0 anyway."""
    if node.op == "not":
        code.jump(node.operand, label, not sense)
    elif node.op in {"bool", "int"}:
        branch(code, "NE", code.value(node.operand), Imm(0), label, sense)
    else:
        on_value(code, node, label, sense)


@jump_on(tree.Both, tree.Either)
def on_junction(code: Code, node: tree.Both | tree.Either, label: Label, sense: bool) -> None:  # noqa: FBT001
    """`and`, `or`: one of the two ways out is known after the left side already."""
    decides = isinstance(node, tree.Either)  # the truth value of the left side that settles it
    if decides == sense:
        code.jump(node.left, label, sense)
        code.jump(node.right, label, sense)
    else:
        end = Label()
        code.jump(node.left, end, decides)
        code.jump(node.right, label, sense)
        code.place(end)


@jump_on(tree.Select)
def on_selection(code: Code, node: tree.Select, label: Label, sense: bool) -> None:  # noqa: FBT001
    """`a if test else b` as a test: each side on its own way."""
    other, end = Label(), Label()
    code.jump(node.test, other, sense=False)
    code.jump(node.then, label, sense)
    code.go(end)
    code.place(other)
    code.jump(node.other, label, sense)
    code.place(end)
