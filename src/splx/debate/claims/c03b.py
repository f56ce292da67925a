"""C3b: how long interrupts are kept out with one CPU, and with two."""

from __future__ import annotations

from splx.base.units import UNITS
from splx.debate.experiment import Axis, Claim, Side
from splx.debate.measures import kept_out, spun, to_start
from splx.debate.rules import less
from splx.debate.sweep import Sweep

ONE = "one CPU, level alone"

EXPERIMENT = Sweep(
    claim=Claim(
        "C3b",
        "Laight",
        "code for several CPUs needs protection for longer anyway. Tested: with the same lock, held as long, a second "
        "CPU keeps the level raised for longer",
        "tech-smp, 2 December 2006",
    ),
    scenario="debate/c03",
    axis=Axis("hold", "hold of the lock", "us", (0.5, 2, 8, 32)),
    sides=(
        Side(ONE, "netbsd-2006-deferred:line=level", (("users", "1"),)),
        Side("two CPUs, level + lock", "netbsd-2006-deferred:line=level"),
        Side("two CPUs, spin lock (netbsd-5)", "netbsd-5"),
    ),
    measure=kept_out("time at a level that keeps a disk out, as the disk finds it", "sd0"),
    second=to_start("mean latency of that disk, which does not need the lock", "sd0", "mean"),
    further=(spun("time spun away, for locks"),),
    rule=less(ONE, "two CPUs, level + lock", "two CPUs, spin lock (netbsd-5)"),
    why="C3a's table, card and disk. With one CPU the level is all the protection that there is: it is raised while "
    "the table is in use, and for the card's handler. With two the level is raised as often, and for as long as the "
    "other CPU has the table, too. How much longer, then, is a question of who else has it: here each CPU has it for "
    "a quarter of its time.",
    time=200 * UNITS["ms"],
)
