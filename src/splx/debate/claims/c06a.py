"""C6a: preemption and locks that spin."""

from __future__ import annotations

from splx.base.units import UNITS
from splx.debate.experiment import Axis, Claim, Side
from splx.debate.measures import per_count, to_end
from splx.debate.rules import less
from splx.debate.sweep import Sweep

EXPERIMENT = Sweep(
    claim=Claim(
        "C6a",
        "Doran",
        "each hold of a spin lock is a window without preemption. Tested: real time waits less long with locks "
        "that sleep",
        "tech-smp, 1 December 2006",
    ),
    scenario="debate/c06",
    axis=Axis("hold", "hold of the lock", "us", (0.2, 1, 5, 25, 125)),
    sides=(
        Side("never preempts (netbsd-2006)", "netbsd-2006:line=level"),
        Side("spin lock (netbsd-5)", "netbsd-5"),
        Side("spin lock (linux)", "linux"),
        Side("sleeps (netbsd-5)", "netbsd-5", (("lock", "sleep"),)),
    ),
    measure=to_end("longest response of a real-time job of 5 us", "control", "1"),
    rule=less("sleeps (netbsd-5)", "spin lock (netbsd-5)", "never preempts (netbsd-2006)"),
    why="A thread keeps a lock for half of its time, and a job in real time, which does not need the lock, is "
    "released meanwhile. The second table is what the kernel took for each section: the counting of spin "
    "locks and of preemption is in it.",
    second=per_count(
        "time of the kernel, for each section", "sections", "level", "lock", "sched", "switch", "intr", "line"
    ),
    time=20 * UNITS["ms"],
)
