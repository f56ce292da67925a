"""C10a: when the threads run out."""

from __future__ import annotations

from splx.base.units import UNITS
from splx.debate.experiment import Axis, Claim, Side
from splx.debate.measures import to_start
from splx.debate.rules import less
from splx.debate.sweep import Sweep

EXPERIMENT = Sweep(
    claim=Claim(
        "C10a",
        "Laight",
        "if handlers may block, the threads run out when they are needed. Tested: a level whose only thread is "
        "blocked keeps others waiting",
        "tech-smp, 2 December 2006",
    ),
    scenario="debate/c10",
    axis=Axis("wait", "sleep of the owner", "us", (1, 10, 50, 200, 800)),
    sides=(
        Side("per level (doran-2006)", "doran-2006"),
        Side("two per level (doran-2006:threads=2)", "doran-2006:threads=2"),
        Side("per level (solaris)", "solaris"),
        Side("per line (freebsd)", "freebsd"),
    ),
    measure=to_start("mean latency of another card of the same level", "wm1", "mean"),
    rule=less("per line (freebsd)", "per level (doran-2006)"),
    why="The handler of a card blocks on a lock whose owner sleeps. With one thread for each level of a CPU "
    "another card of that level waits until it has ended; with a thread for each line it does not, but each "
    "interrupt costs a switch. With --set disk=0 the disk, which is to wake the owner, interrupts the CPU "
    "whose level is shut: then, under doran-2006 and solaris, nobody is ever woken again, as Laight said; without the "
    "clamp (doran-2006:clamp=off) the disk, which is below, is heard, and so it is by a second thread of the level "
    "(doran-2006:threads=2), until a second handler blocks (case b5_out).",
    second=to_start("99 % latency of that card", "wm1"),
    time=20 * UNITS["ms"],
)
