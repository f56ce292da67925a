"""The host's list of numbers that the machine reads: logarithms, recordings, quantiles.

`machine/dist.py` wants -ln(1/2 + k / 2**11) in units of 2**-32 at the beginning. Decimal arithmetic rounds these
correctly everywhere, which the platform's own logarithm does not promise.
"""

from __future__ import annotations

from array import array
from decimal import Decimal, localcontext
from functools import cache
from typing import TYPE_CHECKING

from splx.machine.dist import LOG_BITS, LOG_ONE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from splx.scenario.system import DistSpec


@cache
def logarithms() -> tuple[int, ...]:
    """-ln(1/2 + k / 2**(LOG_BITS + 1)) * 2**32, rounded to nearest, for k = 0 .. 2**LOG_BITS."""
    points = 1 << LOG_BITS
    with localcontext() as context:
        context.prec = 30
        half = Decimal(1) / 2
        values = (-(half + Decimal(k) / (2 * points)).ln() * LOG_ONE for k in range(points + 1))
        return tuple(int(value.to_integral_value()) for value in values)


class Times:
    """The list as it grows. The same numbers asked for twice are kept once."""

    def __init__(self) -> None:
        self.items = array("q", logarithms())
        self._known: dict[tuple[int, ...], int] = {}

    def add(self, values: Sequence[int]) -> int:
        """Put `values` into the list; the index of the first."""
        key = tuple(values)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = len(self.items)
            self.items.extend(key)
        return found

    def distribution(self, dist: DistSpec) -> tuple[int, int, int]:
        """What the tables hold of a distribution: index, points less one, mean of an exponential."""
        if dist.mean:
            return 0, 0, dist.mean
        if dist.quantiles:
            return self.add(dist.quantiles), len(dist.quantiles) - 1, 0
        return self.add((dist.constant or 0,)), 0, 0
