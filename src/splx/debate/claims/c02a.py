"""C2a: an interrupt that finds the big lock taken."""

from __future__ import annotations

from splx.base.units import UNITS
from splx.debate.experiment import Axis, Claim, Side
from splx.debate.measures import KERNEL, per_item, to_start
from splx.debate.rules import less
from splx.debate.sweep import Sweep

EXPERIMENT = Sweep(
    claim=Claim(
        "C2a",
        "Laight",
        "what happens to an interrupt that finds the big lock taken? Tested: a thread that the scheduler can "
        "set aside keeps other devices waiting for less time than spinning",
        "tech-smp, 2 December 2006",
    ),
    scenario="debate/c02",
    axis=Axis("hold", "hold of the big lock", "us", (0.25, 1, 4, 16, 64)),
    sides=(
        Side("spins (netbsd-2006)", "netbsd-2006:line=level"),
        Side("spins (netbsd-5)", "netbsd-5"),
        Side("pinned thread (doran-2006)", "doran-2006"),
        Side("Giant (freebsd)", "freebsd"),
    ),
    measure=to_start("99 % latency of another device of that CPU and level", "com0"),
    rule=less("Giant (freebsd)", "spins (netbsd-2006)", "spins (netbsd-5)", "pinned thread (doran-2006)"),
    why="A disk's handler needs the big lock, which another CPU has for half of the time. Who spins for it at "
    "the level of the disk keeps other devices of that level waiting; a thread that the scheduler runs can "
    "be set aside. The second table is the time lost to it, waiting included.",
    second=per_item("time of the kernel, for each interrupt of the disk", "sd0", *KERNEL),
    time=60 * UNITS["ms"],
)
