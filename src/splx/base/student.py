"""Confidence across seeds: means, half widths of 95 % intervals, by Student's t."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
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


def quantile(degrees: int) -> float:
    """The 97.5 % quantile with so many degrees of freedom, never less than the exact one."""
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


def spread(values: Sequence[float]) -> Spread:
    """Of at least one value."""
    n = len(values)
    mean = sum(values) / n
    if n == 1:
        return Spread(mean, None)
    variance = sum((each - mean) ** 2 for each in values) / (n - 1)
    return Spread(mean, quantile(n - 1) * sqrt(variance / n))
