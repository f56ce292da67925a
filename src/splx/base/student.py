"""Confidence across seeds: means, half widths of 95 % intervals, by Student's t.

Who looks several times, and stops when he has seen enough, is misled by chance more often than once in twenty. The
intervals of such a one are wider: each look may be wrong so much more seldom that all of them together are not more
often (Bonferroni).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import atan, cos, pi, sin, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

#: 97.5 % quantiles of Student's t, by degrees of freedom (Abramowitz and Stegun, table 26.10).
_T = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
    2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
)  # fmt: skip
_T_MORE = ((40, 2.042), (60, 2.021), (120, 2.000))  # up to so many degrees: the quantile of the next lower entry
_T_LAST = 1.980


def within(t: float, degrees: int) -> float:
    """How likely Student's t is to lie between -t and t (Abramowitz and Stegun, 26.7.3 and 26.7.4)."""
    angle = atan(t / sqrt(degrees))
    odd = degrees % 2
    term = cos(angle) if odd else 1.0
    total = term if degrees > 1 else 0.0
    for n in range(2 + odd, degrees - 1, 2):
        term *= cos(angle) ** 2 * (n - 1) / n
        total += term
    return 2 / pi * (angle + sin(angle) * total) if odd else sin(angle) * total


@cache
def quantile(degrees: int, looks: int = 1) -> float:
    """The 97.5 % quantile with so many degrees of freedom, never less than the exact one; for each of several looks
    that of which all together are wrong in no more than 5 %.
    """
    if looks > 1:
        low, high = 0.0, 1e6
        while high - low > 1e-9 * high:
            middle = (low + high) / 2
            low, high = (middle, high) if within(middle, degrees) < 1 - 0.05 / looks else (low, middle)
        return high
    if degrees <= len(_T):
        return _T[degrees - 1]
    return next((value for most, value in _T_MORE if degrees <= most), _T_LAST)


@dataclass(frozen=True, slots=True)
class Spread:
    """A mean over seeds and the half width of its 95 % interval; None when one seed tells nothing of it."""

    mean: float
    half: float | None

    @property
    def apart(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.half is not None and abs(self.mean) > self.half

    def wider(self, by: float) -> Spread:
        """The same with so much more on either side."""
        return Spread(self.mean, None if self.half is None else self.half + by)


def spread(values: Sequence[float], looks: int = 1) -> Spread:
    """Of at least one value, at one of so many looks."""
    n = len(values)
    mean = sum(values) / n
    if n == 1:
        return Spread(mean, None)
    variance = sum((each - mean) ** 2 for each in values) / (n - 1)
    return Spread(mean, quantile(n - 1, looks) * sqrt(variance / n))
