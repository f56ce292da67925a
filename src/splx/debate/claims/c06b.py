"""C6b: what a preemption counter costs."""

from __future__ import annotations

from splx.base.units import UNITS
from splx.debate.experiment import Axis, Claim, Measure, Side
from splx.debate.rules import below
from splx.debate.sweep import Sweep

COUNTED = "counted (netbsd-5)"

EXPERIMENT = Sweep(
    claim=Claim(
        "C6b",
        "Laight",
        "once the kernel is properly SMP, preemption is nearly free, but wants to be disabled without a lock. Tested: "
        "what disables it takes 1 % of the time or less",
        "tech-smp, 2 December 2006",
    ),
    scenario="debate/c06b",
    axis=Axis("between", "work between two sections", "us", (0.05, 0.2, 1, 5, 25)),
    sides=(
        Side(COUNTED, "netbsd-5"),
        Side("never preempts (netbsd-5)", "netbsd-5:preempt=never"),
        Side("spin lock (netbsd-5)", "netbsd-5", (("how", "lock"),)),
    ),
    measure=Measure("time of the kernel", "%", lambda result: 100 - 100 * result.share("thread")),
    rule=below(1, "%", COUNTED),
    why="A thread uses data of its CPU again and again, for 100 ns each time, with preemption disabled: a count goes "
    "up and down, and if somebody better came meanwhile, the thread gives way. A kernel that never preempts counts "
    "nothing, and one without such a count would take a lock that nobody else wants.",
    time=5 * UNITS["ms"],
)
