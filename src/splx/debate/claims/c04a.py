"""C4a: what a lock that spins is made of, and one that sleeps."""

from __future__ import annotations

from splx.debate.count import Count, Path, counted
from splx.debate.experiment import Claim
from splx.debate.rules import less

SLEEPS, SPINS, SIMPLE = "adaptive (netbsd-5)", "spin (netbsd-5)", "level + simple lock (netbsd-2006)"

#: Nothing came meanwhile: splx has nothing to run.
QUIET = (("cas_pair_local(spl.ilevel, spl.ipending, old, pending, level)", True),)

EXPERIMENT = Count(
    claim=Claim(
        "C4a",
        "Doran",
        "the path of a spin lock has more tests and memory references than that of a lock of processes",
        "tech-smp, 1 December 2006",
    ),
    scenario="debate/c04",
    axis=counted("instructions", "tests", "memory references", "locked operations", "hardware accesses", "ns"),
    sides=(
        Path(SLEEPS, "netbsd-5", functions=("mutex_sleep_enter", "mutex_sleep_exit")),
        Path(SPINS, "netbsd-5", functions=("mutex_spin_enter", "mutex_spin_exit"), assume=QUIET),
        Path(SIMPLE, "netbsd-2006", functions=("mutex_simple_enter", "mutex_simple_exit")),
    ),
    what="taking a free lock and giving it back",
    rule=less(SLEEPS, SPINS, SIMPLE),
    why="Counted on the code, where nobody stands in the way and every cache line is at hand; tests are branches and "
    "conditional moves. A spin lock has to raise the level and put it back; the locked operation is the same.",
)
