"""C3a: how long interrupts are kept out."""

from __future__ import annotations

from splx.base.units import UNITS
from splx.debate.experiment import Axis, Claim, Side
from splx.debate.measures import kept_out, spun, to_start
from splx.debate.rules import less
from splx.debate.sweep import Sweep

EXPERIMENT = Sweep(
    claim=Claim(
        "C3a",
        "Doran",
        "spin locks keep the level raised for longer than locks that sleep",
        "tech-smp, 1 December 2006",
    ),
    scenario="debate/c03",
    axis=Axis("hold", "hold of the lock", "us", (0.5, 2, 8, 32)),
    sides=(
        Side("level + lock (netbsd-2006-deferred)", "netbsd-2006-deferred:line=level"),
        Side("spin lock (netbsd-5)", "netbsd-5"),
        Side("sleeps (doran-2006)", "doran-2006"),
        Side("sleeps (freebsd)", "freebsd"),
    ),
    measure=kept_out("time at a level that keeps a disk out, as the disk finds it", "sd0"),
    second=to_start("mean latency of that disk, which does not need the lock", "sd0", "mean"),
    further=(to_start("99 % latency of the disk", "sd0"), spun("time spun away, for locks")),
    rule=less("sleeps (doran-2006)", "level + lock (netbsd-2006-deferred)", "spin lock (netbsd-5)"),
    why="Threads on two CPUs use a table, and so does a card's handler. Where that handler runs in the interrupt, "
    "the table's lock raises the level: for the hold, and for the spinning before it. A disk that has nothing to do "
    "with it interrupts seldom and at random, so the part of its interrupts that the level puts off is the part of "
    "the time for which it is raised; the other tables say for how long they wait. The hold is the same for all; "
    "what is spun away comes on top. Laight's answer: C3b. Where the handler "
    "runs in a thread, no lock raises the level, but doran-2006's thread of a level keeps those below it out while "
    "it runs, and while it is blocked for the table: C10. In FreeBSD nothing is put off by a level, but each "
    "interrupt has to start a thread.",
    time=200 * UNITS["ms"],
)
