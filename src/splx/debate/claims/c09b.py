"""C9b: how far priority has to be lent."""

from __future__ import annotations

from splx.base.units import UNITS
from splx.debate.experiment import Axis, Claim, Side
from splx.debate.measures import to_end
from splx.debate.rules import less
from splx.debate.sweep import Sweep

EXPERIMENT = Sweep(
    claim=Claim(
        "C9b",
        "Laight",
        "priority inversion needs close study. Tested: to lend to the owner of a lock is not enough, it has to go on "
        "to whom that one waits for",
        "tech-smp, 2 December 2006",
    ),
    scenario="debate/c09b",
    axis=Axis.named("depth", "number of owners in the chain", "1", "2", "3"),
    sides=(
        Side("no lending", "netbsd-5:lend=none"),
        Side("to the owner", "netbsd-5:lend=step"),
        Side("along the chain", "netbsd-5"),
    ),
    measure=to_end("longest response of the urgent job", "urgent", "1"),
    rule=less("along the chain", "to the owner"),
    why="An urgent job waits for a lock, whose owner waits for another, and so on; the last owner computes for 1 ms "
    "with its lock when a thread of middle priority takes the CPU for 3 ms. The turnstiles of NetBSD lent nothing in "
    "January 2007, and along the chain later that year.",
    time=200 * UNITS["ms"],
)
