"""C9c: what lending does not reach."""

from __future__ import annotations

from splx.base.units import UNITS
from splx.debate.experiment import Axis, Claim, Side
from splx.debate.measures import to_end
from splx.debate.rules import less
from splx.debate.sweep import Sweep

OWNED, READERS, MEMORY = "a mutex", "a lock held to read", "memory"

EXPERIMENT = Sweep(
    claim=Claim(
        "C9c",
        "Laight",
        "priority inversion needs close study. Tested: lending bounds the wait only for what has an owner that the "
        "kernel knows, and not for readers or memory",
        "tech-smp, 2 December 2006",
    ),
    scenario="debate/c09c",
    axis=Axis("hog", "time of the one in between", "us", (10, 50, 200, 400)),
    sides=(
        Side(OWNED, "netbsd-5"),
        Side(READERS, "netbsd-5", (("what", "readers"),)),
        Side(MEMORY, "netbsd-5", (("what", "memory"),)),
    ),
    measure=to_end("longest response of the urgent job", "urgent", "1"),
    rule=less(OWNED, READERS, MEMORY),
    why="As C9a, under NetBSD 5, which lends along the chain of owners. A lock that is held to read keeps the number "
    "of its readers and not their names, and memory is nobody's.",
    time=50 * UNITS["ms"],
)
