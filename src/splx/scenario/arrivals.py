"""When a device's items arrive. Times in picoseconds, from the start of the run.

    Periodic(ms(10), offset=us(100), jitter=Exponential(us(20)))
    Poisson(mean=us(50))            Poisson(rate=20_000)
    Bursts(8, us(2), ms(1))         eight items, 2 us apart, every millisecond
    ClosedLoop(Uniform(us(80), us(300)))    each request that the driver submits takes so long
    Recorded("disk.csv", speedup=100)       what a real machine saw
    Never()

An arrival process is a function of (seed, device, number of the arrival): every design sees the same one.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import PurePath
from typing import TYPE_CHECKING

from splx.base.diagnostics import Diagnostic, SplxError
from splx.base.units import UNITS, Number, Ps, exact, show_duration
from splx.machine.constants import Kind
from splx.scenario import codes
from splx.scenario.checks import LONGEST, SHORTEST, count, duration
from splx.scenario.distributions import Distribution, Uniform, as_distribution
from splx.scenario.recordings import merged
from splx.scenario.scene import report
from splx.scenario.sites import Site, here

if TYPE_CHECKING:
    from splx.scenario.shapes import Shape

MOST_AT_ONCE = 1_000_000


class Arrivals:
    """Any arrival process."""

    kind: Kind = Kind.NONE

    def __init__(self, site: Site) -> None:
        self.site = site

    def shape(self) -> Shape:
        """The fields of a `DeviceSpec` that this process fills."""
        return {"kind": self.kind}

    def words(self) -> str:
        """What arrives when, for people."""
        return "nothing arrives"


class Never(Arrivals):
    """Nothing arrives."""

    def __init__(self) -> None:
        super().__init__(here())


class Periodic(Arrivals):
    """Item n at `offset` + n times `period`, later by a draw of `jitter`, but never before the one before it.

    A `jitter` that is a time stands for `Uniform(0, jitter)`.
    """

    kind = Kind.PERIODIC

    def __init__(self, period: Ps, offset: Ps = 0, jitter: Distribution | Ps | None = None) -> None:
        site = here()
        super().__init__(site)
        self.period = duration(period, site, "period", 0, least=SHORTEST)
        self.offset = duration(offset, site, "offset", 1)
        self.jitter = _jitter(jitter, site, 2)

    def shape(self) -> Shape:
        """See `Arrivals`."""
        return {"kind": self.kind, "period": self.period, "offset": self.offset, "dist": _number(self.jitter)}

    def words(self) -> str:
        """See `Arrivals`."""
        return f"every {show_duration(self.period)}{', with jitter' if self.jitter else ''}"


class Poisson(Arrivals):
    """At random: each time to the next is drawn anew, `mean` on average. `rate` (per second) says it the other way
    round.
    """

    kind = Kind.POISSON

    def __init__(self, mean: Ps | None = None, *, rate: Number | None = None, offset: Ps = 0) -> None:
        site = here()
        super().__init__(site)
        self.mean = _mean(mean, rate, site)
        self.offset = duration(offset, site, "offset")

    def shape(self) -> Shape:
        """See `Arrivals`."""
        return {"kind": self.kind, "period": self.mean, "offset": self.offset}

    def words(self) -> str:
        """See `Arrivals`."""
        return f"at random, {show_duration(self.mean)} apart on average"


class Bursts(Arrivals):
    """Every `period`, `n` items that follow each other by `gap`; each burst later by a draw of `jitter`."""

    kind = Kind.BURST

    def __init__(self, n: int, gap: Ps, period: Ps, jitter: Distribution | Ps | None = None, offset: Ps = 0) -> None:
        site = here()
        super().__init__(site)
        self.n = count(n, site, "n", 0)
        self.gap = duration(gap, site, "gap", 1)
        self.period = duration(period, site, "period", 2, least=SHORTEST)
        self.jitter = _jitter(jitter, site, 3)
        self.offset = duration(offset, site, "offset", 4)
        if (self.n, self.gap, self.period) == (n, gap, period):  # else something is wrong already
            _check_bursts(self, site)

    def shape(self) -> Shape:
        """See `Arrivals`."""
        return {
            "kind": self.kind,
            "burst": self.n,
            "gap": self.gap,
            "period": self.period,
            "offset": self.offset,
            "dist": _number(self.jitter),
        }

    def words(self) -> str:
        """See `Arrivals`."""
        jitter = ", with jitter" if self.jitter else ""
        return f"{self.n} in a burst, {show_duration(self.gap)} apart, every {show_duration(self.period)}{jitter}"


class ClosedLoop(Arrivals):
    """Requests that the driver submits; each is an item `service` after it, or after the one before it, ended."""

    kind = Kind.CLOSED

    def __init__(self, service: Distribution | Ps) -> None:
        site = here()
        super().__init__(site)
        self.service = as_distribution(service, site, "service", 0)

    def shape(self) -> Shape:
        """See `Arrivals`."""
        return {"kind": self.kind, "dist": _number(self.service)}

    def words(self) -> str:
        """See `Arrivals`."""
        return "as the driver submits"


class Armed(Arrivals):
    """When the driver has set it to: a one-shot timer."""

    kind = Kind.ONESHOT

    def __init__(self) -> None:
        super().__init__(here())

    def words(self) -> str:
        """See `Arrivals`."""
        return "as the driver sets it"


class Recorded(Arrivals):
    """The arrivals of one or more recordings, merged, `speedup` times as fast; those that CPU `cpu` took, if it is
    given.

    It begins anew when it ends, unless `repeat` is false: after the last arrival and one mean gap. Equal times arrive
    at once; if all are equal there is no gap, and it can be played once only. Shorter recordings are repeated to the
    end of the longest. Relative paths are looked up beside the scenario file, then where splx is run.
    """

    kind = Kind.RECORDED

    def __init__(
        self, *paths: str, speedup: Number = 1, offset: Ps = 0, cpu: int | None = None, repeat: bool = True
    ) -> None:
        site = here()
        super().__init__(site)
        self.paths = paths
        self.offset = duration(offset, site, "offset")
        self.repeat = repeat
        self.cpu = cpu
        self.speedup = _speedup(speedup, site)
        self.loop = merged(paths, self.speedup, cpu, site, once=not repeat)

    def shape(self) -> Shape:
        """See `Arrivals`."""
        round_ = self.loop.length if self.repeat else 0
        return {"kind": self.kind, "offset": self.offset, "recording": self.loop.times, "repeat": round_}

    def words(self) -> str:
        """See `Arrivals`."""
        names = " and ".join(PurePath(each).name for each in self.paths)
        taken = "" if self.cpu is None else f", what CPU {self.cpu} took"
        speed = "as recorded" if self.speedup == 1 else f"{float(self.speedup):g} times as fast"
        return f"{names}{taken}, {speed}{'' if self.repeat else ', once'}"


def _jitter(jitter: Distribution | Ps | None, site: Site, position: int) -> Distribution | None:
    if jitter is None or jitter == 0:
        return None
    if isinstance(jitter, Distribution):
        return jitter
    return Uniform(0, duration(jitter, site, "jitter", position))


def _number(dist: Distribution | None) -> int:
    return -1 if dist is None or dist.number is None else dist.number


def _mean(mean: Ps | None, rate: Number | None, site: Site) -> int:
    if (mean is None) == (rate is None):
        given = "neither a mean nor a rate" if mean is None else "both a mean and a rate"
        report(Diagnostic(codes.ARGUMENT, f"`Poisson` has {given}", site.span, help="write `Poisson(mean=us(50))`"))
        return UNITS["ms"]
    if rate is None:
        return duration(mean, site, "mean", 0, least=SHORTEST)
    found = round(UNITS["s"] / _above_zero(rate, site, "rate"))
    if SHORTEST <= found <= LONGEST:
        return found
    how = "less than a nanosecond" if found < SHORTEST else "more than 13 days"
    message = f"`rate` is {rate} per second: {how} from one to the next"
    report(Diagnostic(codes.TIME, message, site.argument("rate"), help="write `Poisson(mean=us(50))`"))
    return UNITS["us"]


def _check_bursts(bursts: Bursts, site: Site) -> None:
    """S0105 where so many items come at one instant that nothing else ever happens."""
    if bursts.gap == 0:
        most = MOST_AT_ONCE
        message = f"{bursts.n:,} items come at one instant"
        help_ = f"make it {most:,} at most, or leave a gap between them"
    else:
        most = bursts.period // bursts.gap + 1
        message = f"a burst takes {show_duration((bursts.n - 1) * bursts.gap)}, longer than until the next one"
        help_ = f"make `n` {most:,} at most, or the period longer"
    if bursts.n > most:
        report(Diagnostic(codes.COUNT, message, site.argument("n", 0), help=help_))


def _speedup(speedup: Number, site: Site) -> Fraction:
    return _above_zero(speedup, site, "speedup")


def _above_zero(value: Number, site: Site, name: str) -> Fraction:
    try:
        number = exact(value)
    except SplxError as error:
        for each in error.diagnostics:
            report(each.at(site.argument(name)))
        return Fraction(1)
    if number <= 0:
        message = f"`{name}` is {value}, and above zero is needed"
        report(Diagnostic(codes.COUNT, message, site.argument(name), help="give a number above zero"))
        return Fraction(1)
    return number
