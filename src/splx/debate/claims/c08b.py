"""C8b: what a mask may cost before interrupt threads are the worse for it."""

from __future__ import annotations

from splx.base.units import UNITS
from splx.debate.claims.c08a import OWN
from splx.debate.experiment import OF_MACHINE, Axis, Claim, Side
from splx.debate.measures import KERNEL, per_item_alone
from splx.debate.rules import less
from splx.debate.sweep import Sweep

DIRECT = "direct, levels in memory"

EXPERIMENT = Sweep(
    claim=Claim(
        "C8b",
        "Laight",
        "threads make every interrupt mask its line, and that makes it worse. Tested: a direct handler takes less "
        "time of the kernel than an interrupt thread whose line has to be masked",
        "tech-smp, 2 December 2006",
    ),
    scenario="debate/c08",
    axis=Axis(f"{OF_MACHINE}mask,unmask", "cost of masking, and of unmasking", "us", (0.02, 0.1, 0.5, 2, 8)),
    sides=(
        Side("direct, eager (netbsd-2006)", "netbsd-2006:line=level"),
        Side(DIRECT, "netbsd-2006-deferred:line=level"),
        Side("pinned (solaris)", "solaris"),
        Side("pinned, masked (doran-2006)", "doran-2006"),
        Side("scheduled, masked (freebsd)", "freebsd"),
    ),
    measure=per_item_alone("time of the kernel, for each interrupt", "wm0", *OWN, *KERNEL),
    rule=less(DIRECT, "pinned, masked (doran-2006)"),
    why="As C8a, with a level raised for a fifth of the time, on this machine with another interrupt controller. "
    "Doran's threads mask the line of every interrupt; beside them stands the direct handler whose kernel has its "
    "levels in memory as well, and masks the line of those that come too early. A thread that borrows the CPU need "
    "not mask the line if the level is in hardware (solaris).",
    time=20 * UNITS["ms"],
)
