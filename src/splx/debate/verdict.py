"""Verdicts, computed from what was measured by rules that an experiment names. None is typed in.

A rule looks at curves: what was measured of each side at each value of what was varied, seed by seed. All sides see
the same arrivals and the same work under one seed, so two sides are compared seed by seed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from math import exp, log
from typing import TYPE_CHECKING

from splx.base.student import Spread, spread

if TYPE_CHECKING:
    from collections.abc import Iterator


class Verdict(Enum):
    """What became of a claim."""

    HOLDS = "holds"
    WHEN = "holds when"
    FAILS = "does not hold"
    OPEN = "not decided"


@dataclass(frozen=True, slots=True)
class Ruling:
    """A verdict; `when` is where a claim holds, `breaks` are the values at which that changes."""

    verdict: Verdict
    when: str = ""
    breaks: tuple[float, ...] = ()

    def words(self) -> str:
        """As a reader sees it."""
        return f"{self.verdict.value} {self.when}".strip()


@dataclass(frozen=True)
class Curve:
    """What was measured of one side: for each value of what was varied, a number for each seed."""

    values: Mapping[float, Sequence[float]]

    def at(self, x: float) -> Spread:
        """Over the seeds."""
        return spread(self.values[x])


Curves = Mapping[str, Curve]

#: Of the greater of the two: a difference that is surely smaller is none.
NEGLIGIBLE = 0.01


def gain(curves: Curves, better: str, worse: str, x: float) -> Spread:
    """By how much `worse` lies above `better` at `x`, seed by seed."""
    pairs = zip(curves[better].values[x], curves[worse].values[x], strict=True)
    return spread([b - a for a, b in pairs])


def sign(curves: Curves, better: str, worse: str, x: float) -> int | None:
    """1 if `better` is surely the smaller at `x`, -1 if surely the greater, 0 if they surely differ by next to nothing;
    None if the seeds do not tell yet.
    """
    by = gain(curves, better, worse, x)
    greatest = max(abs(curves[better].at(x).mean), abs(curves[worse].at(x).mean))
    if by.half is not None and abs(by.mean) + by.half <= NEGLIGIBLE * greatest:
        return 0
    if by.apart:
        return 1 if by.mean > 0 else -1
    return None


def less(better: str, worse: str) -> Rule:
    """The claim that `better` measures less than `worse`."""

    def rule(curves: Curves, axis: Sequence[float], said: Said) -> Ruling:
        signs = [sign(curves, better, worse, x) for x in axis]
        known = [(x, each) for x, each in zip(axis, signs, strict=True) if each]
        if None in signs and not known:
            return Ruling(Verdict.OPEN)
        if not known:
            return Ruling(Verdict.FAILS, "anywhere: they differ by less than 1 %")
        if all(each > 0 for _, each in known):
            return Ruling(Verdict.HOLDS)
        if all(each < 0 for _, each in known):
            return Ruling(Verdict.FAILS)
        breaks = tuple(_crossings(curves, better, worse, known))
        return Ruling(Verdict.WHEN, _where(known, breaks, said), breaks)

    rule.__doc__ = f"{better} measures less than {worse}"
    return rule


def _crossings(curves: Curves, better: str, worse: str, known: Sequence[tuple[float, int]]) -> Iterator[float]:
    """Where the difference is zero between two neighbours of different sign: on a straight line, over the logarithm of
    what was varied if both are above zero.
    """
    for (low, first), (high, second) in pairwise(known):
        if first != second:
            below, above = gain(curves, better, worse, low).mean, gain(curves, better, worse, high).mean
            part = below / (below - above)
            yield exp(log(low) + part * (log(high) - log(low))) if low > 0 else low + part * (high - low)


def _where(known: Sequence[tuple[float, int]], breaks: Sequence[float], said: Said) -> str:
    """The stretches in which the claim holds, in words."""
    holds, edges, found = known[0][1] > 0, [None, *breaks, None], []
    for low, high in pairwise(edges):
        if holds:
            found.append(said(low, high))
        holds = not holds
    return " or ".join(found)


if TYPE_CHECKING:
    from collections.abc import Callable

    #: Between two values, None for no end, in words.
    Said = Callable[[float | None, float | None], str]
    Rule = Callable[[Curves, Sequence[float], Said], Ruling]
