"""C17a: adaptive locks, or locks that sleep at once."""

from __future__ import annotations

from splx.base.units import UNITS
from splx.debate.experiment import Axis, Claim, Side
from splx.debate.measures import KERNEL, per_count
from splx.debate.rules import less
from splx.debate.sweep import Sweep

EXPERIMENT = Sweep(
    claim=Claim(
        "C17a",
        "NetBSD",
        "a lock that spins while its owner runs loses less time than one that sleeps at once",
        "NetBSD 5, mutex(9)",
    ),
    scenario="debate/c17",
    axis=Axis("hold", "hold of the lock", "us", (0.5, 2, 8, 40, 200)),
    sides=(
        Side("spins (netbsd-5)", "netbsd-5", (("lock", "spin"),)),
        Side("adaptive (netbsd-5)", "netbsd-5", (("lock", "sleep"),)),
        Side("sleeps (netbsd-2006)", "netbsd-2006:line=level", (("lock", "sleep"),)),
    ),
    measure=per_count("time of the kernel, spinning included, for each section", "sections", *KERNEL),
    rule=less("adaptive (netbsd-5)", "sleeps (netbsd-2006)"),
    why="Two CPUs want the same lock half of their time, and each has another thread that would be glad of the time "
    "that is spun away. The owner always runs, so adaptive means spinning here. NetBSD 5 has no lock that sleeps at "
    "once: that one is of the kernel of 2006, with all that its own queues and switches cost.",
    time=20 * UNITS["ms"],
)
