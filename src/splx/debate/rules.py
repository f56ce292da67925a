"""The rules: what an experiment can ask of its curves."""

from __future__ import annotations

from splx.base.student import Spread, spread
from splx.debate.verdict import Curves, Evidence, Rule

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
    return _apart(by)


def less(better: str, *worse: str) -> Rule:
    """The claim that `better` measures less than each of the others."""

    def at(evidence: Evidence, x: float) -> int | None:
        signs = [sign(evidence.curves, better, each, x) for each in worse]
        told = [each for each in signs if each is not None]
        return min(told) if -1 in told or told == signs else None

    def by(evidence: Evidence, x: float) -> float:
        return min(gain(evidence.curves, better, each, x).mean for each in worse)

    def against(evidence: Evidence, x: float) -> list[str]:
        return [each for each in worse if (sign(evidence.curves, better, each, x) or 0) <= 0]

    return Rule(f"{better} measures less than {_or(worse)}", at, by, against)


def front(side: str, *others: str) -> Rule:
    """The claim that `side` is on the Pareto front of two measures: no other is as good in both and better in one."""

    def beaten(evidence: Evidence, other: str, x: float) -> int | None:
        signs = (sign(evidence.curves, other, side, x), sign(evidence.second, other, side, x))
        if -1 in signs or signs == (0, 0):
            return -1
        return None if None in signs else 1

    def at(evidence: Evidence, x: float) -> int | None:
        found = [beaten(evidence, each, x) for each in others]
        if 1 in found:
            return -1
        return None if None in found else 1

    def against(evidence: Evidence, x: float) -> list[str]:
        return [each for each in others if beaten(evidence, each, x) == 1]

    return Rule(f"none of {_or(others)} is as good as {side} in both measures and better in one", at, None, against)


def _apart(by: Spread) -> int | None:
    if by.apart:
        return 1 if by.mean > 0 else -1
    return None


def _or(names: tuple[str, ...]) -> str:
    *most, last = names
    return f"{', '.join(most)} or {last}" if most else last
