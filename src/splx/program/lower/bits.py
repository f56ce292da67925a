"""Bits that are set, cleared, inverted or tested in one instruction.

`x | bit(n)`, `x & ~bit(n)` and `x ^ bit(n)` need no word with that bit alone; `AND x, y, #4` and then a test of whether
x is 0, which nobody reads again, is one test of y.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from splx.lang import tree
from splx.machine.constants import F_IMM, F_SPIN
from splx.program.insn import Imm, Label
from splx.program.liveness import defines, live_out

if TYPE_CHECKING:
    from splx.program.insn import Insn, Operand
    from splx.program.lower.code import Code

ONE_BIT = {"|": "BSET", "^": "BINV"}
TESTS = {"BEQ": "BNONE", "BNE": "BANY", "AEQ": "ANONE", "ANE": "AANY"}


def one_bit(code: Code, node: tree.Binary, want: int | None) -> Operand | None:
    """An operation with `bit(n)` on its right, where n is not known yet; None if it is none."""
    op, right = ONE_BIT.get(node.op), node.right
    if node.op == "&" and isinstance(right, tree.Unary) and right.op == "~":
        op, right = "BCLR", right.operand
    if op is None or not isinstance(right, tree.Intrinsic) or right.name != "bit":
        return None
    number = right.args[0]
    if isinstance(number, tree.Const) or not isinstance(number, tree.Expression):
        return None
    left = code.value_reg(node.left)
    return code.to(op, want, left, code.value(number))


def join_tests(code: list[Insn]) -> list[Insn]:
    """Rewrite tests of bits; returns what is left."""
    leaders = {insn.target.at for insn in code if isinstance(insn.target, Label)}
    out = live_out(code)
    gone = set()
    for at, (mask, test) in enumerate(pairwise(code)):
        if mask.op == "AND" and not mask.flags & F_SPIN and at + 1 not in leaders:
            zero = Imm(test.imm, test.reloc) == Imm(0) and test.flags & F_IMM
            if test.op in TESTS and zero and test.a == mask.dst and not out[at + 1] & defines(mask):
                test.op = TESTS[test.op]
                test.a, test.b, test.imm, test.reloc = mask.a, mask.b, mask.imm, mask.reloc
                test.flags = test.flags & ~F_IMM | mask.flags & F_IMM
                gone.add(at)
    return [insn for at, insn in enumerate(code) if at not in gone]
