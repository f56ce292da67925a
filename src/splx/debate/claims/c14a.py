"""C14a: what a lock of interrupts is on one CPU."""

from __future__ import annotations

from splx.debate.claims.c04a import QUIET
from splx.debate.count import Count, Path, counted
from splx.debate.experiment import Claim
from splx.debate.rules import no_more

LOCK, LEVEL = "mutex, one CPU", "splraise and splx"

EXPERIMENT = Count(
    claim=Claim(
        "C14a",
        "Soda",
        "on one CPU a mutex of interrupts is no more than a change of the level",
        "tech-kern, May 2006",
    ),
    scenario="debate/c04",
    axis=counted("instructions", "tests", "memory references", "locked operations", "hardware accesses", "ns"),
    sides=(
        Path(LOCK, "netbsd-5:build=up", functions=("mutex_spin_enter", "mutex_spin_exit"), assume=QUIET),
        Path("mutex", "netbsd-5", functions=("mutex_spin_enter", "mutex_spin_exit"), assume=QUIET),
        Path(LEVEL, "netbsd-5", functions=("splraise", "splx"), assume=QUIET),
    ),
    what="taking a free lock and giving it back, or raising the level and lowering it",
    rule=no_more(LOCK, LEVEL),
    why="Counted on the code of NetBSD 5, where nobody stands in the way. Built for one CPU the lock does without its "
    "locked operation. What is left beyond the level is the count of the locks that are held, by which the level goes "
    "back only with the last of them, and a word for the debugger.",
)
