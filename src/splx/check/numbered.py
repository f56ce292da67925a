"""Whether a program looks at the numbers of items.

A device gives the oldest item as its number plus one. Where arrivals are bounded a search counts items as a run does.
Where any number arrives there would be no end to the states: each is number 1 there, and a program that does more with
it than to see whether there was one is told so with the answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from splx.base.diagnostics import Diagnostic, SplxError
from splx.check.codes import ENDLESS, NUMBERED, RULE
from splx.check.path import ImpossibleError, make_ready, perform
from splx.check.watched import classes_of
from splx.machine.constants import F_IMM, DevReg
from splx.stage.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from splx.check.finding import Finding
    from splx.check.loading import Bounds
    from splx.program.image import Image
    from splx.scenario.system import System


def see_that_it_happens(system: System, bounds: Bounds, finding: Finding, unbounded: Sequence[str]) -> None:
    """Perform a finding with the numbers that items have in a run. SplxError S0607 if nothing is wrong there, or it
    cannot be made. `unbounded` are the devices at which any number arrives.
    """
    if not unbounded or not looks_at_numbers(system.image):
        return
    stage, klass = Stage(system), classes_of(system, bounds)
    make_ready(stage, klass)
    try:
        for move in finding.moves:
            perform(stage, move, klass, tso=bounds.tso, coupled=bounds.coupled)
    except ImpossibleError:
        breaks = False
    else:
        breaks = stage.stopped or finding.code != RULE or finding.why.startswith(ENDLESS)
    if not breaks:
        what = f"what was found ({finding.why}) happens only if every item is number 1"
        many = " ".join(f"--budget {name}=3" for name in unbounded)
        raise SplxError(Diagnostic(NUMBERED, what, help=f"say how many items arrive: {many}"))


_TESTS = ("BEQ", "BNE", "SEQ", "SNE")


def looks_at_numbers(image: Image) -> bool:
    """Whether some item's number is used for more than a comparison with 0; if in doubt it is."""
    pops = [pc for pc, insn in enumerate(image.insns) if insn.op == "DEVRD" and insn.imm == DevReg.POP]
    return any(_is_used(image, pc) for pc in pops)


def _is_used(image: Image, pc: int) -> bool:
    number, test = image.insns[pc].dst, image.insns[pc + 1]
    if image.live[pc + 1] >> number & 1 == 0:
        return False
    if test.op not in _TESTS or test.a != number or not test.flags & F_IMM or test.imm != 0:
        return True
    if test.op in ("SEQ", "SNE"):
        return test.dst != number and image.live[pc + 2] >> number & 1 != 0
    return (image.live[pc + 2] | image.live[test.t]) >> number & 1 != 0
