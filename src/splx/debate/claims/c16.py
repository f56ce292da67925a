"""C16: borrowing the CPU, or switching to an interrupt thread."""

from __future__ import annotations

from splx.base.units import UNITS
from splx.debate.experiment import Axis, Claim, Side
from splx.debate.measures import per_item
from splx.debate.rules import less_each
from splx.debate.sweep import Sweep

EXPERIMENT = Sweep(
    claim=Claim(
        "C16",
        "Doran",
        "an interrupt thread runs on top of what it interrupts, which waits until it ends or blocks. Tested: "
        "that costs less than to switch to it",
        "tech-smp, 1 December 2006",
    ),
    scenario="debate/c16",
    axis=Axis("held", "time that the victim holds the lock", "%", (0, 10, 30, 60, 90)),
    sides=(
        Side("pinned (doran-2006)", "doran-2006"),
        Side("pinned (solaris)", "solaris"),
        Side("scheduled (freebsd)", "freebsd"),
    ),
    measure=per_item(
        "time of the kernel without lock operations, for each interrupt",
        "wm0",
        "intr",
        "line",
        "level",
        "spin",
        "switch",
        "sched",
    ),
    rule=less_each(("pinned (doran-2006)", "scheduled (freebsd)"), ("pinned (solaris)", "scheduled (freebsd)")),
    why="The handler needs a lock that the interrupted thread has for a part of the time; then it blocks, and "
    "is run by the scheduler when the lock is free. The lock operations are the thread's, for the most "
    "part, and left out.",
    time=20 * UNITS["ms"],
)
