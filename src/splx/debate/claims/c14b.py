"""C14b: what interrupts cost where they are threads."""

from __future__ import annotations

from splx.base.units import UNITS
from splx.debate.experiment import Axis, Claim, Side
from splx.debate.measures import KERNEL, per_count
from splx.debate.rules import less
from splx.debate.sweep import Sweep

DIRECT = "direct (netbsd-2006)"

EXPERIMENT = Sweep(
    claim=Claim(
        "C14b",
        "Soda",
        "Solaris and FreeBSD pay more for each interrupt, because theirs are threads",
        "tech-kern, May 2006",
    ),
    scenario="debate/c04",
    axis=Axis("locks", "locks taken for each interrupt", "", (1, 4, 16, 64)),
    sides=(
        Side(DIRECT, "netbsd-2006:line=level"),
        Side("direct, one CPU (netbsd-5)", "netbsd-5:build=up"),
        Side("pinned thread (solaris)", "solaris"),
        Side("scheduled thread (freebsd)", "freebsd"),
    ),
    measure=per_count("time of the kernel, for each interrupt and its locks", "rounds", *KERNEL),
    rule=less(DIRECT, "pinned thread (solaris)", "scheduled thread (freebsd)"),
    why="As C4b: a thread takes a free lock so many times for each interrupt of a disk. Solaris and the kernel of "
    "2006 keep the line away by the level, in hardware; netbsd-5 and FreeBSD mask it, which on some machines is the "
    "dearest part of the interrupt. What a thread costs more, its cheaper locks may save.",
    time=10 * UNITS["ms"],
)
