"""C15: how many instructions a free lock takes."""

from __future__ import annotations

from splx.debate.claims.c04a import QUIET
from splx.debate.count import Count, Path, counted
from splx.debate.experiment import Claim
from splx.debate.rules import below

ENTER, EXIT = "adaptive enter", "adaptive exit"

EXPERIMENT = Count(
    claim=Claim(
        "C15",
        "Doran",
        "a free lock is taken in about ten instructions, and given back in as many. Tested: an adaptive lock "
        "in no more than ten",
        "tech-kern, September 2006",
    ),
    scenario="debate/c04",
    axis=counted("instructions"),
    sides=(
        Path(ENTER, "netbsd-5", functions=("mutex_sleep_enter",)),
        Path(EXIT, "netbsd-5", functions=("mutex_sleep_exit",)),
        Path("spin enter", "netbsd-5", functions=("mutex_spin_enter",)),
        Path("spin exit", "netbsd-5", functions=("mutex_spin_exit",), assume=QUIET),
    ),
    what="a free lock",
    rule=below(10, "instructions", ENTER, EXIT),
    why="Counted on the code of the locks that were built of it, in instructions of the machine here, of which a real "
    "CPU may need one more or less. The spin locks stand there for comparison.",
)
