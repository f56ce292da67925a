"""A comparison: the runs, what is measured of each, and which differences exceed the noise between seeds.

All designs see the same arrivals and the same work under one seed, so designs are compared seed by seed: a difference
is the mean of the paired differences, and its noise theirs; of a quantile also how exactly a histogram knows it. It
counts when its 95 % interval, made wider by that, leaves out zero.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING, Any

from splx.base.student import Spread, spread
from splx.base.units import UNITS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from splx.base.diagnostics import Diagnostic
    from splx.simulate.result import Result, SourceResult

FORMAT = "splx comparison 1"
LATENCIES = ("mean", "median", "p99", "p999", "most")
QUANTILES = frozenset({"median", "p99", "p999"})
BUCKET = 1 / 128  # of a quantile: half the width of its bucket, at most


@dataclass(frozen=True, slots=True, order=True)
class Metric:
    """What is measured: of a source or of the whole ("" ), by name. Units: "ps", "/s", "%" or "" for a count."""

    source: str
    what: str
    unit: str

    @property
    def error(self) -> float:
        """By what part of itself a number may be wrong. Only quantiles are not exact."""
        return BUCKET if self.what.rpartition(" ")[2] in QUANTILES else 0.0


@dataclass(frozen=True, slots=True)
class Difference:
    """How much `second` lies above `first` in a metric."""

    metric: Metric
    first: str
    second: str
    by: Spread
    of: float  # mean of the first

    @property
    def relative(self) -> float:
        """The difference as a part of the greater of the two."""
        greater = max(abs(self.of), abs(self.of + self.by.mean))
        return abs(self.by.mean) / greater if greater else 0.0


@dataclass(frozen=True)
class Comparison:
    """Results by design and seed. `findings` are of designs whose run broke a rule, `refused` says of others what of
    the scenario they cannot honour: neither has results.
    """

    designs: tuple[str, ...]
    seeds: tuple[int, ...]
    results: Mapping[tuple[str, int], Result]
    findings: Mapping[str, Diagnostic] = field(default_factory=dict)
    complete: bool = True
    refused: Mapping[str, tuple[Diagnostic, ...]] = field(default_factory=dict)

    @property
    def compared(self) -> tuple[str, ...]:
        """Designs that have results."""
        return tuple(name for name in self.designs if any(of == name for of, _ in self.results))

    def shared_seeds(self) -> tuple[int, ...]:
        """Seeds under which every compared design was run."""
        return tuple(seed for seed in self.seeds if all((name, seed) in self.results for name in self.compared))

    @cached_property
    def values(self) -> Mapping[tuple[str, int], Mapping[Metric, float]]:
        """What was measured, by design and seed."""
        return {key: measured(result) for key, result in self.results.items()}

    def metrics(self) -> list[Metric]:
        """Everything measured of any design, in the order of the results."""
        found: dict[Metric, None] = {}
        for values in self.values.values():
            found |= dict.fromkeys(values)
        return list(found)

    def spread(self, design: str, metric: Metric) -> Spread | None:
        """A metric of a design over its seeds; None if it was never measured."""
        values = [
            value for seed in self.seeds if (value := self._value(design, seed, metric)) is not None
        ]  # fmt: skip
        return spread(values) if values else None

    def difference(self, metric: Metric, first: str, second: str) -> Difference | None:
        """How much the second design lies above the first, seed by seed; None if a run does not have the metric."""
        pairs = [(self._value(first, seed, metric), self._value(second, seed, metric)) for seed in self.shared_seeds()]
        known = [(a, b) for a, b in pairs if a is not None and b is not None]
        if not known or len(known) < len(pairs):
            return None
        by = spread([b - a for a, b in known]).wider(metric.error * sum(a + b for a, b in known) / len(known))
        return Difference(metric, first, second, by, sum(a for a, _ in known) / len(known))

    def differences(self) -> list[Difference]:
        """Those that exceed the noise between seeds, the relatively greatest first."""
        found = []
        for metric in self.metrics():
            for first, second in combinations(self.compared, 2):
                difference = self.difference(metric, first, second)
                if difference is not None and difference.by.apart:
                    found.append(difference)
        return sorted(found, key=lambda each: -each.relative)

    def _value(self, design: str, seed: int, metric: Metric) -> float | None:
        return self.values.get((design, seed), {}).get(metric)

    def to_json(self) -> dict[str, Any]:
        """All of it, for `json.dumps`."""
        return {
            "format": FORMAT,
            "designs": list(self.designs),
            "seeds": list(self.seeds),
            "complete": self.complete,
            "findings": {name: each.to_json() for name, each in self.findings.items()},
            "refused": {name: [each.to_json() for each in why] for name, why in self.refused.items()},
            "metrics": [
                {"source": metric.source, "what": metric.what, "unit": metric.unit, "designs": self._json(metric)}
                for metric in self.metrics()
            ],
            "differences": [_difference_json(each) for each in self.differences()],
            "runs": [result.to_json() for result in self.results.values()],
        }

    def _json(self, metric: Metric) -> dict[str, Any]:
        spreads = {name: self.spread(name, metric) for name in self.compared}
        return {name: {"mean": each.mean, "half": each.half} for name, each in spreads.items() if each is not None}


def _difference_json(each: Difference) -> dict[str, Any]:
    metric = {"source": each.metric.source, "what": each.metric.what, "unit": each.metric.unit}
    return {**metric, "first": each.first, "second": each.second, "by": each.by.mean, "half": each.by.half}


def measured(result: Result) -> dict[Metric, float]:
    """Every number of a run by which designs are compared."""
    found = dict(_of_sources(result))
    found |= {Metric("", account, "%"): 100 * result.share(account) for account in result.cpus[0].accounts}
    found[Metric("", "instructions", "")] = result.instructions
    return found


def _of_sources(result: Result) -> Iterator[tuple[Metric, float]]:
    for source in result.sources:
        if source.kind == "device":
            yield Metric(source.name, "done", "/s"), source.done * UNITS["s"] / result.elapsed
            yield Metric(source.name, "dropped", "/s"), source.dropped * UNITS["s"] / result.elapsed
        if source.deadline:
            yield Metric(source.name, "missed", "/s"), source.missed * UNITS["s"] / result.elapsed
        yield from _latencies(source)


def _latencies(source: SourceResult) -> Iterator[tuple[Metric, float]]:
    for name in ("start", "finish"):
        latency = getattr(source, name)
        if latency is not None:
            for what in LATENCIES:
                yield Metric(source.name, f"{name} {what}", "ps"), float(getattr(latency, what))
