"""Latency samples: exact count, sum, least and most, and a histogram of 64 buckets to the octave.

The sum is two words wide. A bucket is at most 1/64 wide, so a percentile read from its middle is within 0.8 %.
Memory does not grow with simulated time.
"""

from __future__ import annotations

from splx.lang.wide import fls
from splx.machine.state import BUCKETS, Machine

LOW = 1 << 62  # the low word of the sum stays below this


def bucket(value: int) -> int:
    """Bucket of a duration: exact below 128 ps, then 64 to the octave."""
    if value < 128:
        return max(0, value)
    top = fls(value)
    return (top - 5) * 64 + ((value >> (top - 6)) & 63)


def observe(m: Machine, source: int, which: int, value: int) -> None:
    """Add a sample: `which` 0 to start, 1 to completion."""
    s = m.beside.sources[source]
    first = s.count[which] == 0
    s.count[which] = s.count[which] + 1
    total = s.total[which] + value
    if total >= LOW:
        s.total_hi[which] = s.total_hi[which] + 1
        total = total - LOW
    s.total[which] = total
    s.least[which] = value if first else min(s.least[which], value)
    s.most[which] = value if first else max(s.most[which], value)
    at = (source * 2 + which) * BUCKETS + bucket(value)
    m.beside.hist[at] = m.beside.hist[at] + 1
