"""How long things take: distributions of durations, in picoseconds.

    DECODE = Constant(us(3))
    LOOKUP = Exponential(us("0.8"))
    COPY = Empirical([us(4), us(4), us(5), us(30)])

They are handles: `work(DECODE)` in kernel code occupies the CPU for a draw. A draw belongs to what it is for (the
item, or the thread and its how-manieth draw), so all designs see the same work.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from splx.base.diagnostics import Diagnostic
from splx.base.units import Ps
from splx.lang.links import Handle
from splx.scenario import codes
from splx.scenario.checks import duration, is_int
from splx.scenario.scene import in_use, report
from splx.scenario.sites import Site, here
from splx.scenario.system import DistSpec


class Distribution(Handle):
    """Any distribution of durations. `spec` is what the machine is told."""

    made_of_integer = "make one outside of the function, `COST = Constant({text})`, and give that"

    def __init__(self, site: Site, **shape: object) -> None:
        super().__init__()
        self.site = site
        self._shape = shape
        scenario = in_use()
        if scenario is not None:
            self.number = scenario.new_number(scenario.distributions, self)

    def spec(self) -> DistSpec:
        """What the machine is told."""
        return DistSpec(f"{type(self).__name__.lower()}{self.number}", **self._shape)  # type: ignore[arg-type]


class Constant(Distribution):
    """Always `value`."""

    def __init__(self, value: Ps) -> None:
        site = here()
        super().__init__(site, constant=duration(value, site, "value", 0))


class Exponential(Distribution):
    """Memoryless, of the given mean."""

    def __init__(self, mean: Ps) -> None:
        site = here()
        super().__init__(site, mean=duration(mean, site, "mean", 0, least=1))


class Uniform(Distribution):
    """Any time from `low` to `high`, all equally likely."""

    def __init__(self, low: Ps, high: Ps) -> None:
        site = here()
        least = duration(low, site, "low", 0)
        greatest = duration(high, site, "high", 1)
        if greatest < least:
            _refuse("`high` is less than `low`", site, "high", 1)
            greatest = least
        super().__init__(site, quantiles=(least, greatest))


class Quantiles(Distribution):
    """By its quantiles at equal steps, the least and the greatest value among them; straight lines in between.

    `Quantiles([us(1), us(2), us(9)])` has its least value 1 us, its median 2 us, its greatest 9 us.
    """

    def __init__(self, values: Iterable[Ps]) -> None:
        site = here()
        table = _times(values, site)
        if any(a > b for a, b in pairwise(table)):
            _refuse("the quantiles fall", site, "values", 0)
            table.sort()
        super().__init__(site, **_table(table))


class Empirical(Distribution):
    """What was measured: any of the samples, and what lies between two neighbours, equally likely."""

    def __init__(self, samples: Iterable[Ps]) -> None:
        site = here()
        super().__init__(site, **_table(sorted(_times(samples, site))))


_HELP = "give one time or more, from the least to the greatest"


def as_distribution(value: Distribution | Ps, site: Site, name: str, position: int = -1) -> Distribution:
    """A distribution as it is; a time as `Constant`. S0109 for anything else."""
    if isinstance(value, Distribution):
        return value
    if is_int(value):
        return Constant(duration(value, site, name, position))
    message = f"`{name}` is {value!r}, and a time or a distribution is needed"
    report(Diagnostic(codes.ARGUMENT, message, site.argument(name, position), help="write `Uniform(us(1), us(2))`"))
    return Constant(0)


def _times(values: Iterable[object], site: Site) -> list[int]:
    name = "values"
    table = [duration(each, site, name, 0) for each in values]
    if not table:
        _refuse("there is no value to draw", site, name, 0)
    return table or [0]


def _table(table: list[int]) -> dict[str, object]:
    return {"constant": table[0]} if len(table) == 1 else {"quantiles": tuple(table)}


def _refuse(message: str, site: Site, name: str, position: int) -> None:
    report(Diagnostic(codes.DISTRIBUTION, message, site.argument(name, position), help=_HELP))
