"""Whether a reduction may be believed: the same search with it and without it, and what differs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from splx.check.checker import Checker, Counts
from splx.check.search import Want

if TYPE_CHECKING:
    from splx.check.loading import Bounds
    from splx.scenario.system import System

#: The contents of all parts of a state, each as its words.
Contents: TypeAlias = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two searches, and the states without a move that only one of them has."""

    full: Counts
    reduced: Counts
    lost: frozenset[Contents]
    invented: frozenset[Contents]
    same_finding: bool  # both break a rule, or neither does

    @property
    def agrees(self) -> bool:
        """Whether the reduction changed nothing but the number of states."""
        return self.same_finding and not self.lost and not self.invented


def verify(system: System, bounds: Bounds, engine: str = "native") -> Comparison:
    """Search `system` with the steps that `bounds` joins, and step by step."""
    full, reduced = (Checker(system, each, engine) for each in (replace(bounds, joins=(), calm=()), bounds))
    ends = [each.explore() for each in (full, reduced)]
    counts = full.counts, reduced.counts
    dead = [
        dead_states(each) if end is Want.NOTHING else frozenset()
        for each, end in zip((full, reduced), ends, strict=True)
    ]
    return Comparison(*counts, dead[0] - dead[1], dead[1] - dead[0], ends[0] is ends[1])


def dead_states(checker: Checker) -> frozenset[Contents]:
    """The states without a move of a search that has come to its end."""
    if not checker.counts.dead:
        return frozenset()
    checker.connect()
    alive = bytearray(checker.counts.states)
    for state in checker.edges("edge_from"):
        alive[state] = 1
    return frozenset(checker.contents(state) for state, lives in enumerate(alive) if not lives)
