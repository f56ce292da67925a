"""How far a search by cost comes in a scenario of four CPUs, and what bounds it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from time import monotonic, process_time
from typing import TYPE_CHECKING, Any

from splx.api import check

if TYPE_CHECKING:
    from collections.abc import Iterator

SCENARIO = Path(__file__).parent / "scenarios" / "four_cpus.py"
MOST_COST = 3
SECONDS = 600.0
MEMORY = "4GB"


@dataclass(frozen=True)
class Reach:
    """One search by cost: `through` is the cost through which every run was seen, `end` why it went no further."""

    asked: int
    through: int
    states: int
    seconds: float
    cpu: float
    memory: int
    end: str
    found: str

    def to_json(self) -> dict[str, Any]:
        """The figures."""
        return asdict(self)


def reaches(seconds: float = SECONDS, memory: str = MEMORY) -> Iterator[Reach]:
    """A search for each cost, until one does not come through."""
    for cost in range(MOST_COST + 1):
        found = reach(cost, seconds, memory)
        yield found
        if found.through < cost:
            return


def reach(cost: int, seconds: float = SECONDS, memory: str = MEMORY) -> Reach:
    """One of them, ended when the time is over."""
    began, cpu = monotonic(), process_time()
    verdict = check(SCENARIO, cost=cost, max_memory=memory, stopped=lambda: monotonic() - began > seconds)
    end = "" if verdict.end is None else verdict.end.value
    why = verdict.finding.why if verdict.finding else ""
    return Reach(
        cost,
        verdict.through,
        verdict.counts.states,
        monotonic() - began,
        process_time() - cpu,
        verdict.memory,
        end,
        why,
    )
