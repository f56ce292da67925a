"""Latencies as people read them: percentiles from the machine's histogram, least and most exactly."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from splx.machine.latency import LOW
from splx.machine.state import BUCKETS

if TYPE_CHECKING:
    from splx.base.units import Ps
    from splx.lang.buffer import Buffer
    from splx.machine.state import Machine


def middle(bucket: int) -> Ps:
    """The middle of a bucket: within 0.8 % of everything in it (exact below 128 ps)."""
    if bucket < 128:
        return bucket
    shift = bucket // 64 - 1
    return ((64 + bucket % 64) << shift) + (1 << shift >> 1)


@dataclass(frozen=True)
class Latency:
    """Samples of a duration, in ps. `buckets` holds (bucket, how many), ascending, without empty ones."""

    count: int
    total: Ps
    least: Ps
    most: Ps
    buckets: tuple[tuple[int, int], ...]

    @property
    def mean(self) -> Fraction:
        """The exact mean."""
        return Fraction(self.total, self.count)

    @property
    def median(self) -> Ps:
        """Half of the samples are at most this."""
        return self.percentile(Fraction(1, 2))

    @property
    def p99(self) -> Ps:
        """99 of 100 samples are at most this."""
        return self.percentile(Fraction(99, 100))

    @property
    def p999(self) -> Ps:
        """999 of 1000 samples are at most this."""
        return self.percentile(Fraction(999, 1000))

    def percentile(self, share: Fraction) -> Ps:
        """The least value that this share of the samples does not exceed, within 0.8 %; least and most exactly."""
        rank = max(1, -(-share.numerator * self.count // share.denominator))
        if rank >= self.count:
            return self.most
        seen = 0
        for bucket, count in self.buckets:
            seen += count
            if seen >= rank:
                return min(max(middle(bucket), self.least), self.most)
        return self.most

    def merged(self, other: Latency) -> Latency:
        """The samples of both."""
        buckets = dict(self.buckets)
        for bucket, count in other.buckets:
            buckets[bucket] = buckets.get(bucket, 0) + count
        return Latency(
            self.count + other.count,
            self.total + other.total,
            min(self.least, other.least),
            max(self.most, other.most),
            tuple(sorted(buckets.items())),
        )

    def to_json(self) -> dict[str, Any]:
        """Everything; the summary is there for readers and not read back."""
        return {
            "count": self.count,
            "mean_ps": float(self.mean),
            "median_ps": self.median,
            "p99_ps": self.p99,
            "p999_ps": self.p999,
            "least_ps": self.least,
            "most_ps": self.most,
            "total_ps": self.total,
            "buckets": [list(each) for each in self.buckets],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Latency:
        """What `to_json` gave."""
        buckets = tuple((bucket, count) for bucket, count in data["buckets"])
        return cls(data["count"], data["total_ps"], data["least_ps"], data["most_ps"], buckets)


def read_latency(buffer: Buffer[Machine], source: int, which: int) -> Latency | None:
    """The samples of a source: `which` 0 to start, 1 to completion. None if there is none."""
    kept = buffer.view().beside.sources[source]
    count = kept.count[which]
    if count == 0:
        return None
    start = (source * 2 + which) * BUCKETS
    histogram = buffer.array("beside.hist")[start : start + BUCKETS].tolist()
    buckets = tuple((bucket, many) for bucket, many in enumerate(histogram) if many)
    return Latency(count, kept.total_hi[which] * LOW + kept.total[which], kept.least[which], kept.most[which], buckets)
