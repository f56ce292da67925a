"""Numbers as people read them: three digits, a unit, and shares that sum to a hundred."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from splx.base.units import UNITS, show_duration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from splx.base.units import Ps

NONE = "-"
_SCALES = ((10**9, "G"), (10**6, "M"), (10**3, "k"))


def duration(time: Ps | Fraction | None) -> str:
    """Three digits and a unit."""
    return NONE if time is None else show_duration(round(time))


def count(number: int) -> str:
    """With commas; nothing is a dash, so that what is there stands out."""
    return f"{number:,}" if number else NONE


def short_count(number: int) -> str:
    """Three digits and a thousand, million or milliard of them, where there is no room for all digits."""
    for scale, unit in _SCALES:
        if number >= scale:
            return f"{_digits(Fraction(number, scale))} {unit}"
    return count(number)


def rate(number: int, time: Ps) -> str:
    """So many per second, three digits."""
    if number == 0 or time == 0:
        return NONE
    value = Fraction(number * UNITS["s"], time)
    for scale, unit in _SCALES:
        if value >= scale:
            return f"{_digits(value / scale)} {unit}/s"
    return f"{_digits(value)} /s"


def _digits(value: Fraction) -> str:
    """Three of them."""
    return f"{float(value):#.3g}".rstrip(".")


def percents(parts: Sequence[int], digits: int = 2) -> list[str]:
    """Shares of the sum in percent, rounded so that the shares shown sum to 100 (largest remainders)."""
    total = sum(parts)
    if total == 0:
        return [NONE] * len(parts)
    whole = 100 * 10**digits
    exact = [Fraction(part * whole, total) for part in parts]
    shown = [int(each) for each in exact]
    order = sorted(range(len(parts)), key=lambda n: (shown[n] - exact[n], n))
    for n in order[: whole - sum(shown)]:
        shown[n] += 1
    return [f"{each // 10**digits}.{each % 10**digits:0{digits}}" if each else NONE for each in shown]
