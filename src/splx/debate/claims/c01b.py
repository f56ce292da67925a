"""C1b: what the cures for the order of the big lock cost."""

from __future__ import annotations

from splx.base.units import UNITS
from splx.debate.experiment import Axis, Claim, Side
from splx.debate.measures import KERNEL, per_item, to_end
from splx.debate.rules import dearer
from splx.debate.sweep import Sweep

OLD = "as in 2006"
CURES = ("lock at VM", "spin locks above it (netbsd-5)", "thread (doran-2006)", "Giant (freebsd)")

EXPERIMENT = Sweep(
    claim=Claim(
        "C1b",
        "Doran",
        "the order of the big lock and spin locks has no easy cure. Tested: whatever takes it away costs the "
        "interrupt latency, or the kernel time",
        "tech-smp, 1 December 2006",
    ),
    scenario="debate/c01b",
    axis=Axis("hold", "hold of the lock", "us", (0.5, 2, 8, 32)),
    sides=(
        Side(OLD, "netbsd-2006-deferred"),
        Side(CURES[0], "netbsd-2006-deferred", (("level", "VM"),)),
        Side(CURES[1], "netbsd-5"),
        Side(CURES[2], "doran-2006"),
        Side(CURES[3], "freebsd"),
    ),
    measure=to_end("mean time until the serial line is served", "com0", "mean"),
    second=per_item("time of the kernel, for each interrupt of it", "com0", *KERNEL),
    rule=dearer(OLD, *CURES),
    why="The cures of C1a, where nothing goes wrong. A thread has the driver's lock for a quarter of its time. As in "
    "2006 the serial line interrupts it and takes the big lock; held at VM, the lock keeps the line waiting, and so "
    "it does in netbsd-5, where no spin lock is lower; an interrupt thread has to be started, or switched to, each "
    "time. The verdict counts what is more than one per cent; how much it is, the tables say.",
    time=50 * UNITS["ms"],
)
