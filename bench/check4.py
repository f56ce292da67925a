"""How far a search by cost comes in a scenario of four CPUs, and what bounds it.

One search is the work of one core: it has one table of states. Two cores are two searches.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from time import monotonic, process_time
from typing import TYPE_CHECKING, Any

from splx.api import check

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SCENARIO = Path(__file__).parent / "scenarios" / "four_cpus.py"
MOST_COST = 3
SECONDS = 600.0
GIGABYTES = 4
MEMORY = f"{GIGABYTES}GB"


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
    fused: bool = True

    @property
    def bytes_each(self) -> float:
        """Bytes of tables by state."""
        return self.memory / max(1, self.states)

    def to_json(self) -> dict[str, Any]:
        """The figures."""
        return asdict(self)


def reaches(seconds: float = SECONDS, memory: str = MEMORY) -> Iterator[Reach]:
    """A search for each cost, until one does not come through; the last that did once more with nothing fused."""
    through = 0
    for cost in range(MOST_COST + 1):
        found = reach(cost, seconds, memory)
        yield found
        if found.through < cost:
            break
        through = cost
    yield reach(through, seconds, memory, fuse=False)


def reach(cost: int, seconds: float = SECONDS, memory: str = MEMORY, *, fuse: bool = True) -> Reach:
    """One of them, ended when the time is over."""
    began, cpu = monotonic(), process_time()
    verdict = check(SCENARIO, cost=cost, fuse=fuse, max_memory=memory, stopped=lambda: monotonic() - began > seconds)
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
        fuse,
    )


def limits(found: Sequence[Reach]) -> Iterator[str]:
    """What bounds it, from what was measured."""
    done = [each for each in found if each.fused and each.through == each.asked]
    last = next((each for each in found if each.fused and each.through < each.asked), None)
    for less, more in pairwise([*done, last] if last else done):
        most = "" if more.through == more.asked else "more than "
        yield f"  cost {more.asked} takes {most}{more.states / less.states:,.0f} times the states of cost {less.asked}"
    if last is not None:
        held, rate = GIGABYTES * 1e9 / last.bytes_each, last.states / last.cpu
        yield f"  a state takes {last.bytes_each:.0f} bytes: {GIGABYTES} GB hold {held / 1e6:,.0f} million of them"
        yield f"  a core sees {rate:,.0f} a second: {rate * SECONDS / 1e6:,.0f} million in {SECONDS / 60:g} minutes"
    yield "  one search is the work of one core: two do two searches in the time of one"
    fused = {each.asked: each.states for each in found if each.fused}
    for each in found:
        if not each.fused:
            more = "" if each.through == each.asked else "more than "
            factor = each.states / fused[each.asked]
            yield f"  with nothing fused, cost {each.asked} takes {more}{factor:.1f} times as many"
