"""Lowering: the typed form of one function becomes instructions over the registers of its frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from splx.lang.types import UNIT
from splx.program.allocate import Allocation, Frame
from splx.program.insn import Insn
from splx.program.liveness import defines, live_out, uses
from splx.program.lower import calls, intrinsics, places, statements, tests, values  # noqa: F401 - they register
from splx.program.lower.addresses import fold_addresses
from splx.program.lower.bits import join_tests
from splx.program.lower.calls import Direct, Through, link_place
from splx.program.lower.claims import ask
from splx.program.lower.code import Code
from splx.program.lower.copies import follow_copies
from splx.program.lower.repeats import without_repeats
from splx.program.lower.statements import finish
from splx.program.tidy import apart, tidy, with_labels

if TYPE_CHECKING:
    from splx.lang import tree
    from splx.program.lower.world import World


@dataclass(frozen=True, slots=True)
class Lowered:
    """A function as instructions over virtual registers, with the place of each register in the frame.

    `live` are the virtual registers needed before each instruction, `link_register` is the one with the return address.
    `callees` in order of first call.
    """

    function: tree.Function
    code: list[Insn]
    frame: Frame
    live: list[int]
    callees: tuple[Direct | Through, ...]
    link_register: int

    @property
    def link(self) -> int:
        """The place of the link register in the frame."""
        return link_place(len(self.function.params))

    @property
    def cost(self) -> int:
        """What inlining goes by: instructions that are there for the work itself."""
        return sum(not (insn.assertion or insn.op == "RET") for insn in self.code)


def lower(function: tree.Function, world: World) -> Lowered:
    """Instructions for `function`. SplxError if something in it cannot become one."""
    code = Code(world, function)
    ask(code, function)
    code.block(function.body)
    if function.result == UNIT:
        code.span = function.span
        finish(code, has_result=False)
    insns = tidy(code.items)
    beyond = frozenset(code.windows.values())
    kept = follow_copies(insns, beyond, (*code.params, code.link))
    insns = tidy(with_labels(insns, kept))
    insns = tidy(with_labels(insns, without_repeats(insns, beyond)))
    insns = tidy(with_labels(insns, fold_addresses(insns, beyond)))
    insns = tidy(with_labels(insns, join_tests(insns)))
    fixed = dict(zip(code.params, range(len(code.params)), strict=True))
    fixed |= {code.link: link_place(len(code.params)), code.result: 0}
    windows = {register: key for key, register in code.windows.items()}
    entry = sum(1 << register for register in (*code.params, code.link))
    allocation = Allocation(insns, fixed, windows, entry)
    allocation.join_copies()
    insns = apart(tidy(with_labels(insns, allocation.rename())))
    frame = allocation.colour(code.registers)
    out = live_out(insns)
    live = [(out[at] & ~defines(insn)) | uses(insn) for at, insn in enumerate(insns)]
    callees = tuple(dict.fromkeys(insn.target for insn in insns if isinstance(insn.target, Direct | Through)))
    return Lowered(function, insns, frame, live, callees, code.link)
