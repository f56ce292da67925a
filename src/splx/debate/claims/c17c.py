"""C17c: whether a lock is handed over when it is released."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splx.base.units import UNITS
from splx.debate.experiment import Axis, Claim, Measure, Side
from splx.debate.rules import less
from splx.debate.sweep import Sweep

if TYPE_CHECKING:
    from splx.simulate.result import Result


def each_section(result: Result) -> float:
    """Elapsed time, us, for each section that came to its end on any CPU."""
    return result.elapsed / UNITS["us"] / max(1, result.statistics["sections"])


ALL, HANDED = "wakes all, who compete", "hands over to the best"

EXPERIMENT = Sweep(
    claim=Claim(
        "C17c",
        "NetBSD",
        "a mutex is handed to nobody: who is woken competes with who comes by. Tested: to hand it over takes longer, "
        "because nobody gets on before the heir has a CPU",
        "NetBSD 5, mutex(9)",
    ),
    scenario="debate/c17c",
    axis=Axis("hold", "hold of the lock", "us", (0.5, 2, 8, 32)),
    sides=(Side(ALL, "netbsd-5"), Side(HANDED, "netbsd-5:wake=handoff")),
    measure=Measure("time for each section, all CPUs together", "us", each_section),
    rule=less(ALL, HANDED),
    why="Four threads on two CPUs want the same lock for a quarter of their time; in one of twenty sections the owner "
    "gives way to the other thread of its CPU, so that the others find an owner who does not run, and sleep.",
    time=20 * UNITS["ms"],
)
