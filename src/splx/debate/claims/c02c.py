"""C2c: an interrupt that finds the big lock taken, and is put off."""

from __future__ import annotations

from splx.base.units import UNITS
from splx.debate.experiment import Axis, Claim, Side
from splx.debate.measures import KERNEL, per_item, to_start
from splx.debate.rules import less
from splx.debate.sweep import Sweep

SPINS, PUT_OFF = "spins (netbsd-2006)", "put off until the lock is free"

EXPERIMENT = Sweep(
    claim=Claim(
        "C2c",
        "Laight",
        "what happens to an interrupt that finds the big lock taken? Tested: to put it off until the lock is free "
        "takes less of the kernel's time than to spin",
        "tech-smp, 2 December 2006",
    ),
    scenario="debate/c02",
    axis=Axis("hold", "hold of the big lock", "us", (0.25, 1, 4, 16, 64)),
    sides=(
        Side(SPINS, "netbsd-2006:line=level"),
        Side(PUT_OFF, "netbsd-2006:line=level,wait=defer"),
        Side("pinned thread (doran-2006)", "doran-2006"),
        Side("Giant (freebsd)", "freebsd"),
    ),
    measure=per_item("time of the kernel, for each interrupt of the disk", "sd0", *KERNEL),
    rule=less(PUT_OFF, SPINS),
    why="As C2a. Who is put off leaves the CPU to what it interrupted, and masks its line; whoever frees the lock "
    "opens the line, and the interrupt is taken once more. Who spins pays with time, who is put off with accesses to "
    "the controller and a trap, however long the lock is held. The second table is what the disk itself waits: it has "
    "no turn, and the lock may be taken again before it comes.",
    second=to_start("99 % latency of the disk", "sd0"),
    time=20 * UNITS["ms"],
)
