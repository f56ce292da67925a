"""Verdicts, computed from what was measured by rules that an experiment names. None is typed in.

A rule looks at curves: what was measured of each side at each value of what was varied, seed by seed. All sides see
the same arrivals and the same work under one seed, so two sides are compared seed by seed. At each value it says
whether the claim is true there; the verdict is made of those answers, the same way for all rules.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from itertools import pairwise
from math import exp, log
from typing import TYPE_CHECKING

from splx.base.student import Spread, spread

if TYPE_CHECKING:
    from collections.abc import Iterator

    from splx.debate.experiment import Axis


class Verdict(Enum):
    """What became of a claim."""

    HOLDS = "holds"
    WHEN = "holds when"
    FAILS = "does not hold"
    OPEN = "not decided"


@dataclass(frozen=True, slots=True)
class Ruling:
    """A verdict; `when` is where a claim holds, `breaks` are the values at which that changes, `untold` those at which
    the seeds do not tell, or a search was given up; `notes` are what else a rule has to say.
    """

    verdict: Verdict
    when: str = ""
    breaks: tuple[float, ...] = ()
    untold: str = ""
    notes: tuple[str, ...] = field(default=(), compare=False)

    def words(self) -> str:
        """As a reader sees it."""
        words = f"{self.verdict.value} {self.when}".strip()
        return f"{words} (not decided at {self.untold})" if self.untold else words


@dataclass(frozen=True)
class Curve:
    """What was measured of one side: for each value of what was varied, a number for each seed; or the one number that
    there is, where there is no chance in it. Whoever settles it looks at most so many times (`looks`).
    """

    values: Mapping[float, Sequence[float]]
    exact: bool = False
    looks: int = 1

    def at(self, x: float) -> Spread:
        """Over the seeds."""
        return Spread(self.values[x][0], 0.0) if self.exact else spread(self.values[x], self.looks)

    def over(self, other: Curve, x: float) -> Spread:
        """By how much it lies above another, seed by seed."""
        pairs = zip(self.values[x], other.values[x], strict=True)
        return replace(self, values={x: [a - b for a, b in pairs]}).at(x)


Curves = Mapping[str, Curve]


@dataclass(frozen=True)
class Evidence:
    """What a rule sees: the curves by side, those of the second and of further measures, where an experiment has such,
    and by side and value whether a search found something, None where it was given up.
    """

    curves: Curves
    second: Curves = field(default_factory=dict)
    found: Mapping[str, Mapping[float, bool | None]] = field(default_factory=dict)
    further: tuple[Curves, ...] = ()

    def measured(self) -> tuple[Curves, ...]:
        """The curves of each measure that there is."""
        return tuple(each for each in (self.curves, self.second, *self.further) if each)


@dataclass(frozen=True)
class Rule:
    """`says` is the rule in words. `at` is 1 where the claim is true, -1 where it is not, 0 where two things differ by
    next to nothing and it claims a difference, None where the seeds do not tell yet. `by` is above zero where it is
    true, and how far; without it a break is taken to be half way. `against` names the sides that speak against it.
    `words` say when it holds, where that is more than a stretch of what is varied; `notes` are said beside any verdict.
    """

    says: str
    at: Callable[[Evidence, float], int | None]
    by: Callable[[Evidence, float], float] | None = None
    against: Callable[[Evidence, float], list[str]] | None = None
    words: Callable[[Evidence, Axis], str] | None = None
    notes: Callable[[Evidence, Axis], tuple[str, ...]] | None = None

    def undecided(self, evidence: Evidence, axis: Axis) -> list[float]:
        """The values at which the seeds do not tell yet."""
        return [x for x in axis.values if self.at(evidence, x) is None]

    def judge(self, evidence: Evidence, axis: Axis) -> Ruling:
        """The verdict. Values at which the seeds do not tell are left out of it, if they tell at more than half."""
        answers = [(x, self.at(evidence, x)) for x in axis.values]
        known = [(x, each) for x, each in answers if each is not None]
        notes = () if self.notes is None else self.notes(evidence, axis)
        if 2 * len(known) <= len(answers):
            return Ruling(Verdict.OPEN, notes=notes)
        untold = ", ".join(axis.text(x) for x, each in answers if each is None)
        return replace(self._judge(evidence, known, axis), untold=untold, notes=notes)

    def _judge(self, evidence: Evidence, known: Sequence[tuple[float, int]], axis: Axis) -> Ruling:
        xs = [x for x, _ in known]
        if all(each > 0 for _, each in known):
            return Ruling(Verdict.HOLDS, _told(xs, axis))
        if all(each == 0 for _, each in known):
            return Ruling(Verdict.FAILS, f"{_told(xs, axis) or 'anywhere'}: they differ by less than 1 %")
        if all(each <= 0 for _, each in known):
            return Ruling(Verdict.FAILS, " ".join(filter(None, (self._blamed(evidence, xs, axis), _told(xs, axis)))))
        if self.words is not None:
            return Ruling(Verdict.WHEN, self.words(evidence, axis))
        if axis.names:
            return Ruling(Verdict.WHEN, f"{axis.name} is {_or([axis.text(x) for x, each in known if each > 0])}")
        breaks = tuple(self._breaks(evidence, known, axis))
        ends = [
            None if x == end else x for x, end in zip((xs[0], xs[-1]), (axis.values[0], axis.values[-1]), strict=True)
        ]
        return Ruling(Verdict.WHEN, _where(known[0][1] > 0, [ends[0], *breaks, ends[1]], axis), breaks)

    def _blamed(self, evidence: Evidence, xs: Sequence[float], axis: Axis) -> str:
        """Who speaks against it: those that do at all these values, or else each with the values at which it does."""
        if self.against is None:
            return ""
        at: dict[str, list[float]] = {}
        for x in xs:
            for each in self.against(evidence, x):
                at.setdefault(each, []).append(x)
        always = [each for each, where in at.items() if len(where) == len(xs)]
        if always or not at:
            return f"against {_and(always)}" if at else ""
        return "against " + "; ".join(f"{each} at {_and([axis.text(x) for x in where])}" for each, where in at.items())

    def _breaks(self, evidence: Evidence, known: Sequence[tuple[float, int]], axis: Axis) -> Iterator[float]:
        """Where the answer changes between two neighbours. Half way where there is no difference at one of them; else
        where the mean crosses zero, for which those in between at which the seeds do not tell count as well.
        """
        for (low, first), (high, second) in pairwise(known):
            if (first > 0) == (second > 0):
                continue
            if self.by is None or not (first and second):
                yield _between(low, high, 0.5)
                continue
            points = [(x, self.by(evidence, x)) for x in axis.values if low <= x <= high]
            crossings = ((one, two) for one, two in pairwise(points) if (one[1] > 0) != (two[1] > 0))
            (low, below), (high, above) = next(crossings, (points[0], points[-1]))  # noqa: PLW2901 - nearer ones
            yield _between(low, high, below / (below - above))


def _told(xs: Sequence[float], axis: Axis) -> str:
    """The stretch of which the seeds tell, in words, if they do not tell at its very ends."""
    if (xs[0], xs[-1]) == (axis.values[0], axis.values[-1]):
        return ""
    if axis.names:
        return f"where {axis.name} is {_or([axis.text(x) for x in xs])}"
    return f"for {axis.said(xs[0], xs[-1])}"


def _and(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def _or(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} or {last}" if most else last


def _between(low: float, high: float, part: float) -> float:
    """So far from one to the other, over the logarithm if both are above zero."""
    return exp(log(low) + part * (log(high) - log(low))) if low > 0 else low + part * (high - low)


def _where(holds: bool, bounds: Sequence[float | None], axis: Axis) -> str:  # noqa: FBT001 - where it begins
    """The stretches in which the claim holds, in words: between neighbours of these. None is an end of the range."""
    found = []
    for low, high in pairwise(bounds):
        if holds:
            found.append(axis.said(low, high))
        holds = not holds
    return " or ".join(found)
