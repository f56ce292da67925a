"""What a CPU has asked of itself: nothing of it is under way, so it is taken before the next instruction if it may be.

That is what the machine does (see IPI), and what a register for software interrupts is for: a level that falls lets it
in at once. All else that interrupts may come later, so it is as good not to take it now.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from splx.check.look import look
from splx.check.search import Search
from splx.machine.constants import F_SPIN, NOREG
from splx.machine.directing import HERE, pends
from splx.machine.lines import irq_of_ipi, let_in
from splx.machine.state import VECTORS
from splx.program.rows import shape

if TYPE_CHECKING:
    from splx.program.image import Image


def asks_itself(image: Image) -> bool:
    """Whether some CPU may send an interrupt to its own number: one that it has asked for, been given, or that is there
    in the text. Others are read from memory, or worked out, to reach another.
    """
    return any(insn.op == "IPI" and _own(image, pc) for pc, insn in enumerate(image.insns))


def _own(image: Image, pc: int) -> bool:
    """Whether the CPU that is sent to at `pc` may be this one, by the instruction that wrote its number."""
    target = image.insns[pc].a
    for at in range(pc - 1, -1, -1):
        insn = image.insns[at]
        if shape(insn.op).writes and insn.dst == target != NOREG:
            return insn.op in ("CPU", "MOV")
    return True


def must_take(s: Search, c: int) -> bool:
    """Whether CPU `c` takes an interrupt of its own before it does anything else."""
    m = s.machine
    if m.state.iflag[c] == 0:
        return False
    found = False
    for vector in range(VECTORS):
        irq = irq_of_ipi(m, c, vector)
        if irq < m.tables.n_irqs:
            look(s, s.first_irq + irq)
            if (m.state.latch[irq] & HERE) != 0 and pends(m, irq):
                for k in range(s.first_irq, s.first_dev):
                    look(s, k)
                found = found or let_in(m, c, irq)
    if not found:
        return False
    look(s, m.state.cur[c])
    return (m.tables.code[m.state.pc[m.state.cur[c]]].flags & F_SPIN) == 0  # not within a look of a busy-wait
