"""C6c: what preemption makes of data that were safe before."""

from __future__ import annotations

from splx.debate.experiment import Axis, Claim, Side
from splx.debate.rules import finds
from splx.debate.search import Search

PREEMPTS, NEVER = "preempts (netbsd-5)", "never preempts (netbsd-5)"

EXPERIMENT = Search(
    claim=Claim(
        "C6c",
        "Laight",
        "preemption wants to be disabled without a lock. Tested: a kernel that preempts needs such a count, or a "
        "lock, where one that does not needs nothing",
        "tech-smp, 2 December 2006",
    ),
    scenario="debate/c06c",
    axis=Axis.named("how", "what keeps preemption away", "nothing", "count", "lock"),
    sides=(Side(PREEMPTS, "netbsd-5"), Side(NEVER, "netbsd-5:preempt=never")),
    properties=("rules",),
    rule=finds(PREEMPTS, NEVER),
    why="Two threads of one CPU add to data of that CPU; a card wakes the better one at any moment. A search looks at "
    "every interleaving for an addition that is lost.",
)
