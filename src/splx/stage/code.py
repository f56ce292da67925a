"""The code table: a linked program with its costs baked in.

Here, and nowhere in the image, an instruction gets what only a simulation needs: picoseconds, whether it waits for its
turn in time order, the watching loads of busy-waits, and the counter of each place that draws.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from splx.machine.constants import F_SHARED, F_SPIN, NOREG
from splx.machine.costs import Account
from splx.machine.table import ROWS
from splx.program.listing import cost_of
from splx.program.rows import shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from splx.machine.models import CostModel
    from splx.program.insn import Insn
    from splx.scenario.system import System

WATCHING = {"LD": "LDW", "LDX": "LDXW"}


def code_rows(insns: list[Insn], model: CostModel, first_site: int) -> Iterator[tuple[int, ...]]:
    """The rows of the code table, in the order of the fields of the machine's `Insn`.

    `first_site` is the counter of draws of the first place that draws.
    """
    sites = sorted({_site(each) for each in insns if each.op == "DRAW"})
    counters = {site: first_site + n for n, site in enumerate(sites)}
    costs = [model.bake(cost_of(insn)) for insn in insns]
    spins = _spins(insns)
    for pc, insn in enumerate(insns):
        op, flags, dst, a, b, c, acct, t, imm = insn.machine_fields()
        flags &= ~(F_SPIN | F_SHARED)
        if pc in spins:
            op = WATCHING.get(op, op)
            acct = Account.SPIN
            flags |= 0 if spins[pc] == pc else F_SPIN
        if op == "SPIN":
            imm = sum(costs[t : pc + 1])
        elif op == "DRAW":
            t = counters[_site(insn)]
        if _shared(op, a):
            flags |= F_SHARED
        yield imm, costs[pc], ROWS[op].code, flags, acct, 0, t, dst, a, b, c


def beside(system: System) -> list[Insn]:
    """What stands behind the program of a system: the functions of its properties, none of which it ever calls."""
    if system.properties is None:
        return []
    first = len(system.image.insns)
    return [_moved(insn, first) for insn in system.properties.program.insns]


def _moved(insn: Insn, by: int) -> Insn:
    new = insn.copy()
    if shape(insn.op).target:
        new.t += by
    return new


def _site(insn: Insn) -> tuple[str, int, int]:
    """What a place that draws is called: its place in the text, the same in all designs and for all copies of it."""
    return PurePath(insn.span.file).name, insn.span.line, insn.span.col


def _shared(op: str, a: int) -> bool:
    """Whether other CPUs can tell when this is executed. A draw without a key counts those before it."""
    return ROWS[op].shared or (op == "DRAW" and a == NOREG)


def _spins(insns: list[Insn]) -> dict[int, int]:
    """For each instruction of a busy-wait the first one of its block."""
    return {k: insn.t for pc, insn in enumerate(insns) if insn.op == "SPIN" for k in range(insn.t, pc + 1)}
