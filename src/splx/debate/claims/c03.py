"""C3: how long interrupts are kept out."""

from __future__ import annotations

from splx.base.units import UNITS
from splx.debate.experiment import Axis, Claim, Side
from splx.debate.measures import to_start
from splx.debate.rules import less
from splx.debate.sweep import Sweep

EXPERIMENT = Sweep(
    claim=Claim(
        "C3",
        "Doran",
        "spin locks keep the level raised for longer, so that interrupts wait longer than with locks that sleep",
        "tech-smp, 1 December 2006",
    ),
    scenario="debate/c03",
    axis=Axis("hold", "hold of the lock", "us", (0.5, 2, 8, 32)),
    sides=(
        Side("level + lock (netbsd-2006)", "netbsd-2006:line=level"),
        Side("spin lock (netbsd-5)", "netbsd-5"),
        Side("sleeps (doran-2006)", "doran-2006"),
        Side("sleeps (freebsd)", "freebsd"),
    ),
    measure=to_start("99 % latency of a device that does not need the lock", "sd0"),
    rule=less("sleeps (doran-2006)", "level + lock (netbsd-2006)", "spin lock (netbsd-5)"),
    why="Threads on two CPUs use a table, and so does a card's handler. Where that handler runs in the interrupt, the "
    "table's lock raises the level, and a disk that has nothing to do with it waits: for the hold, and for the "
    "spinning before it. The hold is the same for all: Laight answered that with two CPUs data need protection for "
    "longer, whatever protects them. Where it runs in a thread, nothing is raised, but each interrupt has to start a "
    "thread. While doran-2006's thread of a level is blocked for the table, the levels below it are shut as well: "
    "C10.",
    time=20 * UNITS["ms"],
)
