"""C5b: what a write of the level may cost before it had better be put off."""

from __future__ import annotations

from splx.base.units import UNITS
from splx.debate.claims.c05a import LINES_AND_LEVELS, SIDES
from splx.debate.experiment import OF_MACHINE, Axis, Claim
from splx.debate.rules import less
from splx.debate.sweep import Sweep

EXPERIMENT = Sweep(
    claim=Claim(
        "C5b",
        "Laight",
        "deferred SPL is worth having on every machine. Tested: whatever a write of the level to the hardware costs",
        "tech-smp, 2 December 2006",
    ),
    scenario="debate/c05",
    axis=Axis(f"{OF_MACHINE}level", "cost of a write of the level", "us", (0.005, 0.02, 0.1, 0.5, 2)),
    sides=SIDES,
    measure=LINES_AND_LEVELS,
    rule=less("log", "eager"),
    why="As C5a, with 20,000 interrupts a second, on this machine with another register for the level. Eager, a "
    "section pays for two writes; deferred, `log` pays for none, but for a trap, a mask and an unmask if it is hit.",
    time=10 * UNITS["ms"],
)
