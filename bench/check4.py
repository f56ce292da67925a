"""How far a search by cost comes in a scenario of four CPUs, on two cores, and what bounds it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import pairwise
from os import times
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from splx.api import check

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SCENARIO = Path(__file__).parent / "scenarios" / "four_cpus.py"
MOST_COST = 3
SECONDS = 600.0
GIGABYTES = 4
CORES = 2
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
    began, cpu = monotonic(), cpu_seconds()
    verdict = check(
        SCENARIO, cost=cost, jobs=CORES, fuse=fuse, max_memory=memory, stopped=lambda: monotonic() - began > seconds
    )
    end = "" if verdict.end is None else verdict.end.value
    why = verdict.finding.why if verdict.finding else ""
    return Reach(
        cost,
        verdict.through,
        verdict.counts.states,
        monotonic() - began,
        cpu_seconds() - cpu,
        verdict.memory,
        end,
        why,
        fuse,
    )


def cpu_seconds() -> float:
    """Of this process and of those that have helped it."""
    return sum(times()[:4])


def limits(found: Sequence[Reach]) -> Iterator[str]:
    """What bounds it, from what was measured."""
    fused = [each for each in found if each.fused]
    done = [each for each in fused if each.through == each.asked]
    for less, more in pairwise(done):
        yield f"  cost {more.asked} takes {more.states / less.states:,.0f} times the states of cost {less.asked}"
    if len(done) < len(fused) and len(done) > 1:
        yield from _beyond(*done[-2:])
    yield f"  the last cost is seen by {CORES} processes, and states that two of them come to are counted twice"
    yield "  the costs before it are the work of one core: they have one table of states"
    for each in found:
        if not each.fused and each.through < each.asked:
            why = f"{each.end}, at {each.states / 1e6:,.0f} million states"
            yield f"  with nothing fused, cost {each.asked} did not come through: {why}"
        elif not each.fused:
            factor = each.states / next(one.states for one in done if one.asked == each.asked)
            yield f"  with nothing fused, cost {each.asked} takes {factor:.1f} times as many"


def _beyond(less: Reach, last: Reach) -> Iterator[str]:
    """What the next cost would take, if it grew as much as the last that came through. Time and memory are for it."""
    rate, bytes_each = last.states / last.cpu, last.bytes_each
    states = last.states * last.states / less.states
    seen = CORES * rate * SECONDS / 1e6
    yield f"  if it grows so once more, cost {last.asked + 1} has {states / 1e6:,.0f} million states"
    yield f"  a core sees {rate:,.0f} a second: {CORES} see {seen:,.0f} million in {SECONDS / 60:g} minutes"
    yield f"  a state takes {bytes_each:.0f} bytes of tables: {MEMORY} hold {GIGABYTES * 1e3 / bytes_each:,.0f} million"
    yield "  where memory ends, what is left of the cost of the moment is seen in parts, and no dearer one is begun"
