"""Time is integer picoseconds.

`ps`, `ns`, `us`, `ms` and `s` take what people write (2, 2.5, "2.5", Fraction(5, 2)) and return an int, rounded once,
half to even. No float takes part: a float counts as the decimal text that Python prints for it, so us(0.1) is exactly
100000.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from splx.base import codes
from splx.base.diagnostics import Diagnostic, SplxError

Ps: TypeAlias = int
Number: TypeAlias = int | float | Fraction | str

UNITS = {"ps": 1, "ns": 10**3, "us": 10**6, "ms": 10**9, "s": 10**12}
LONGEST = 2**63 - 1
"""The clock is one signed 64-bit word: somewhat over 106 days."""

_DURATION = re.compile(r"\s*(-?[0-9]+(?:\.[0-9]*)?|-?\.[0-9]+)\s*([a-zµμ]*)\s*", re.IGNORECASE)
_HELP = "write a number and a unit, one of ps, ns, us, ms, s: `2.5ms`"


def ps(n: Number) -> Ps:
    """`n` picoseconds. SplxError S0001 if `n` is not a number, as for the other units."""
    return _time(n, "ps")


def ns(n: Number) -> Ps:
    """`n` nanoseconds."""
    return _time(n, "ns")


def us(n: Number) -> Ps:
    """`n` microseconds."""
    return _time(n, "us")


def ms(n: Number) -> Ps:
    """`n` milliseconds."""
    return _time(n, "ms")


def s(n: Number) -> Ps:
    """`n` seconds."""
    return _time(n, "s")


@dataclass(frozen=True)
class Cycle:
    """A processor's cycle: an exact, rational number of picoseconds."""

    ps: Fraction

    @classmethod
    def of_hz(cls, hz: Number) -> Cycle:
        """The cycle of a clock of `hz` hertz, which is above zero. SplxError S0001 otherwise."""
        rate = exact(hz)
        if rate <= 0:
            raise _refused(f"a clock of {hz} Hz", "a clock's rate is above zero")
        return cls(Fraction(UNITS["s"]) / rate)

    def cycles(self, n: Number) -> Ps:
        """`n` cycles in picoseconds, rounded once: never a multiple of a rounded cycle."""
        return round(self.ps * exact(n))


def exact(n: Number) -> Fraction:
    """`n` as a fraction; a float is its shortest decimal text. SplxError S0001 if it is no finite number."""
    try:
        if isinstance(n, bool):
            raise TypeError
        return Fraction(repr(n)) if isinstance(n, float) else Fraction(n)
    except (ValueError, TypeError, ZeroDivisionError):
        raise _refused(f"`{n}` is not a number", "write 2, 2.5, '2.5' or Fraction(5, 2)") from None


def parse_duration(text: str) -> Ps:
    """The picoseconds of a text such as "10s", "2.5 ms" or "100us". SplxError S0001 if it is not one.

    Zero is a duration; less than zero, no unit, or more than the clock can hold is not.
    """
    match = _DURATION.fullmatch(text)
    if match is None:
        raise _refused(f"`{text}` is not a duration", _HELP)
    number, unit = match[1], match[2].lower().replace("µ", "u").replace("μ", "u")
    if not unit:
        raise _refused(f"the duration `{text}` has no unit", _HELP)
    if unit not in UNITS:
        raise _refused(f"`{match[2]}` in the duration `{text}` is not a unit", _HELP)
    if number.startswith("-"):
        raise _refused(f"the duration `{text}` is below zero", "give a duration of zero or more")
    value = round(Fraction(number) * UNITS[unit])
    if value > LONGEST:
        raise _refused(f"the duration `{text}` is longer than the clock", "stay below 106 days")
    return value


def show_duration(time: Ps) -> str:
    """`time` for people: exact if three significant digits are enough ("10 us"), else rounded to three ("12.4 us")."""
    if time < 0:
        return f"-{show_duration(-time)}"
    if time == 0:
        return "0 s"
    step = 10 ** max(0, min(len(str(time)) - 3, 12))
    rounded = round(Fraction(time, step)) * step
    unit, scale = max((each for each in UNITS.items() if each[1] <= rounded), key=lambda each: each[1])
    whole, part = divmod(rounded, scale)
    digits = str(part * 1000 // scale).zfill(3)[: max(0, 3 - len(str(whole)))]
    if rounded == time:
        digits = digits.rstrip("0")
    return f"{whole}{'.' if digits else ''}{digits} {unit}"


def _time(n: Number, unit: str) -> Ps:
    return round(exact(n) * UNITS[unit])


def _refused(message: str, advice: str) -> SplxError:
    return SplxError(Diagnostic(codes.DURATION, message, help=advice))
