"""C2d: an interrupt that finds the big lock taken, and is handed to the CPU that has it."""

from __future__ import annotations

from splx.base.units import UNITS
from splx.debate.experiment import Axis, Claim, Side
from splx.debate.measures import KERNEL, per_item, to_start
from splx.debate.rules import less
from splx.debate.sweep import Sweep

SPINS, PUT_OFF, HANDED = "spins (netbsd-2006)", "put off until the lock is free", "handed to its owner"

EXPERIMENT = Sweep(
    claim=Claim(
        "C2d",
        "Laight",
        "what happens to an interrupt that finds the big lock taken? Tested: if it is handed to the CPU that has the "
        "lock, its handler runs sooner than if it spins or is put off",
        "tech-smp, 2 December 2006",
    ),
    scenario="debate/c02",
    axis=Axis("hold", "hold of the big lock", "us", (0.25, 1, 4, 16, 64)),
    sides=(
        Side(SPINS, "netbsd-2006:line=level"),
        Side(PUT_OFF, "netbsd-2006:line=level,wait=defer"),
        Side(HANDED, "netbsd-2006:line=level,wait=forward"),
    ),
    measure=to_start("mean latency of the disk", "sd0", "mean"),
    rule=less(HANDED, SPINS, PUT_OFF),
    why="As C2a. Who has the lock runs the handler in the middle of what it is at, so that the disk waits for an "
    "interrupt from one CPU to the other, however long the lock is held. Who spins is quicker where the lock is free "
    "before that interrupt has come. The second table is the time lost to it; what is interrupted is the owner of the "
    "lock, who keeps it for as much longer.",
    second=per_item("time of the kernel, for each interrupt of the disk", "sd0", *KERNEL),
    time=20 * UNITS["ms"],
)
