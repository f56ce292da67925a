"""C14b: what interrupts cost where they are threads."""

from __future__ import annotations

from splx.base.units import UNITS
from splx.debate.experiment import Axis, Claim, Side
from splx.debate.measures import KERNEL, per_count
from splx.debate.rules import less_each
from splx.debate.sweep import Sweep

PINNED = ("direct, above LOCK_LEVEL (solaris)", "pinned thread (solaris)")
SCHEDULED = ("direct, filter (freebsd)", "scheduled thread (freebsd)")

EXPERIMENT = Sweep(
    claim=Claim(
        "C14b",
        "Soda",
        "Solaris and FreeBSD pay more for each interrupt, because theirs are threads",
        "tech-kern, May 2006",
    ),
    scenario="debate/c04",
    axis=Axis("locks", "locks taken for each interrupt", "", (0, 1, 4, 16, 64)),
    sides=(
        Side(PINNED[0], "solaris", (("level", "SERIAL"),)),
        Side(PINNED[1], "solaris"),
        Side(SCHEDULED[0], "freebsd:filter_at=IPL_BIO"),
        Side(SCHEDULED[1], "freebsd"),
        Side("direct, one CPU (netbsd-5)", "netbsd-5:build=up"),
    ),
    measure=per_count("time of the kernel, for each interrupt and its locks", "rounds", *KERNEL),
    rule=less_each(PINNED, SCHEDULED),
    why="As C4b: a thread takes a free lock so many times for each interrupt of a disk, whose handler takes it once "
    "itself. Each kernel stands beside "
    "itself: Solaris runs handlers above LOCK_LEVEL directly, with the level in hardware as for its threads, and "
    "FreeBSD runs filters directly. To mask the line of each interrupt is a part of what FreeBSD's threads cost. "
    "What a thread costs more, its cheaper locks may save: where a level is dear to write, as in the 8259, the lock "
    "of a direct handler in Solaris costs more than its thread.",
    time=10 * UNITS["ms"],
)
