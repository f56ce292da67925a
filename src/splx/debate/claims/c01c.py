"""C1c: the big lock and a lock that sleeps."""

from __future__ import annotations

from splx.debate.experiment import Axis, Claim, Side
from splx.debate.rules import finds
from splx.debate.search import Search

BLIND = "nobody sees who wants the big lock"

EXPERIMENT = Search(
    claim=Claim(
        "C1c",
        "Doran",
        "the order of the big lock and spin locks has no easy cure. Tested: an adaptive lock has the same problem, if "
        "it spins for an owner who spins for the big lock",
        "tech-smp, 1 December 2006",
    ),
    scenario="debate/c01a",
    axis=Axis.named("level", "level of the lock", "NONE", "NET"),
    sides=(Side(BLIND, "netbsd-5", mutants=("m7",)), Side("as built (netbsd-5)", "netbsd-5")),
    properties=("standstill", "stuck"),
    rule=finds(BLIND, "as built (netbsd-5)"),
    why="As C1a, under NetBSD 5, where a lock of level NONE is adaptive. Who waits for one spins while its owner "
    "runs, and keeps the big lock meanwhile; asleep it would have given that up. So each CPU says in a word of its "
    "own who spins for the big lock on it, and to all others that thread counts as not running. Without a look at "
    "that word, mutant m7, it can end as C1a does.",
)
