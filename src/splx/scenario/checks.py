"""Checks that several kinds of declaration share. Each reports with the line of the user, and returns something
usable.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from splx.base.diagnostics import Diagnostic
from splx.base.units import UNITS, show_duration
from splx.scenario import codes
from splx.scenario.scene import report

if TYPE_CHECKING:
    from splx.base.diagnostics import Span
    from splx.scenario.sites import Site

T = TypeVar("T")

MOST_CPUS = 64  # of a machine
MOST_THREADS = 15_000  # of a scenario: a machine numbers its contexts in 16 bits, and each thread has two
SHORTEST = UNITS["ns"]
LONGEST = 1 << 60  # 13 days: sums of a few still fit in a word
_WORDS = {
    "Arrivals": "an arrival process",
    "Device": "a device",
    "int": "a number",
    "str": "a text",
    "bool": "`True` or `False`",
    "Trigger": "`EDGE` or `LEVEL`",
}
_HELP = "times carry their unit: `us(10)`, `ms(2.5)`"


def duration(value: object, site: Site, name: str, position: int = -1, *, least: int = 0) -> int:
    """A time in ps of at least `least`; else S0101, and `least` or a microsecond."""
    if is_int(value) and isinstance(value, int) and least <= value <= LONGEST:
        return value
    where = site.argument(name, position)
    if not is_int(value):
        return _wrong_time(f"`{name}` is {value!r}, which is no time", where, least)
    assert isinstance(value, int)
    if value < 0 or (value == 0 and least > 0):
        shown = "zero" if value == 0 else f"below zero: {show_duration(value)}"
        return _wrong_time(f"`{name}` is {shown}", where, least)
    if value < least:
        return _wrong_time(f"`{name}` is {value} ps, less than a nanosecond", where, least)
    return _wrong_time(f"`{name}` is {show_duration(value)}, more than 13 days", where, least)


def _wrong_time(message: str, where: Span, least: int) -> int:
    report(Diagnostic(codes.TIME, message, where, help=_HELP))
    return UNITS["us"] if least else 0


def count(
    value: object, site: Site, name: str, position: int = -1, *, least: int = 1, most: int = (1 << 62) - 1
) -> int:
    """A whole number of at least `least` and at most `most`; else S0105, and `least`."""
    if is_int(value) and isinstance(value, int) and value >= least:
        if value <= most:
            return value
        message = f"`{name}` is {value:,}, and {most:,} at most is possible"
        report(Diagnostic(codes.COUNT, message, site.argument(name, position), help="give a smaller number"))
        return least
    message = f"`{name}` is {value!r}, and {'above zero' if least == 1 else f'{least} or more'} is needed"
    report(Diagnostic(codes.COUNT, message, site.argument(name, position), help=f"give a whole number from {least} up"))
    return least


def cpu_number(value: object, site: Site) -> int:
    """The number of a CPU that a machine can have; else S0105 or S0106, and 0."""
    number = count(value, site, "cpu", least=0)
    if number < MOST_CPUS:
        return number
    message = f"`cpu` is {number}, and a machine has {MOST_CPUS} CPUs at most"
    report(Diagnostic(codes.CPU, message, site.argument("cpu"), help=f"they count from 0: give 0 to {MOST_CPUS - 1}"))
    return 0


def is_int(value: object) -> bool:
    """Whether this is a whole number, and no truth value."""
    return isinstance(value, int) and not isinstance(value, bool)


def flag(value: object, site: Site, name: str) -> bool:
    """True or false; else S0109, and false."""
    return of_class(value, bool, False, site, name, -1, f"write `{name}=True`, or leave it out")  # noqa: FBT003


def name_of(value: object, site: Site) -> str:
    """The name of a declared thing, its first argument: a text of one line; else S0109, and one that is."""
    other = f"nameless, line {site.span.line}"
    if not isinstance(value, str):
        return of_class(value, str, other, site, "name", 0, 'a name is a text: `NIC("wm0", ...)`')
    if value.isprintable():
        return value
    message = f"the name {value!r} has a character that cannot be printed"
    report(Diagnostic(codes.ARGUMENT, message, site.argument("name", 0), help="tables and files show it: leave it out"))
    return other


def of_class(value: object, cls: type[T], fallback: T, site: Site, name: str, position: int, help_: str) -> T:
    """An object of `cls`; else S0109 with `help_`, and `fallback`."""
    if isinstance(value, cls):
        return value
    what = _WORDS.get(cls.__name__, f"a `{cls.__name__}`")
    message = f"`{name}` is {_shown(value)}, and {what} is needed"
    report(Diagnostic(codes.ARGUMENT, message, site.argument(name, position), help=help_))
    return fallback


def _shown(value: object) -> str:
    if isinstance(value, type):
        return f"the class `{value.__name__}`"
    if isinstance(value, int | str | float | None):
        return repr(value)
    return f"a `{type(value).__name__}`"
