"""Random numbers: pure functions of what they are for, never of when they are asked for.

A draw is a hash of (seed, source, number, draw), so all designs see the same arrivals and the same work whatever
order they ask in. The hash is the finalizer of SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom
number generators", OOPSLA 2014), chained over the words. Distributions are quantile tables with linear
interpolation, or exponentials by inversion of a table of logarithms: integers throughout, so every engine agrees.
"""

from __future__ import annotations

from splx.lang.wide import umulh, ushr, wadd, wmul
from splx.machine.state import Machine

GOLDEN = -7046029254386353131  # 2**64 / golden ratio, as a signed word
MIX1 = -4658895280553007687  # 0xBF58476D1CE4E5B9
MIX2 = -7723592293110705685  # 0x94D049BB133111EB
LOG_BITS = 10  # the logarithm table has 1 + 2**LOG_BITS points
LOG_ONE = 1 << 32  # fixed point of the logarithms
LN2 = 2977044472  # ln 2 * 2**32


def mix(z: int) -> int:
    """SplitMix64's finalizer on one word."""
    y = wmul(z ^ ushr(z, 30), MIX1)
    w = wmul(y ^ ushr(y, 27), MIX2)
    return w ^ ushr(w, 31)


def hash3(seed: int, source: int, number: int, draw: int) -> int:
    """64 random bits for (seed, source, number, draw)."""
    h = mix(wadd(seed, GOLDEN))
    h = mix(h ^ wmul(source, GOLDEN))
    h = mix(h ^ wmul(number, MIX2))
    return mix(h ^ wmul(draw, MIX1))


def scaled(u: int, n: int) -> int:
    """A number in 0..n-1 from 64 random bits."""
    return umulh(u, n)


def times_fraction(a: int, f: int) -> int:
    """A * f / 2**32 for nonnegative a and f, from the 128-bit product."""
    return wmul(umulh(a, f), LOG_ONE) + ushr(wmul(a, f), 32)


def minus_log(m: Machine, u: int) -> int:
    """-ln of a uniform number in (0, 1], given as 64 random bits, in units of 2**-32.

    The leading zeros of the bits are whole factors of two; the rest is looked up in the table at the end of
    `times` (placed there by the loader: -ln(1/2 + k/2**(LOG_BITS+1)) * 2**32 for k = 0..2**LOG_BITS).
    """
    zeros = 0
    x = u
    while x > 0 and zeros < 63:
        x = wmul(x, 2)
        zeros = zeros + 1
    # x is now in [1/2, 1) as a fraction of 2**64; below its top bit, LOG_BITS pick the table's interval
    mantissa = ushr(wmul(x, 2), 64 - LOG_BITS)
    rest = ushr(wmul(x, 1 << (LOG_BITS + 1)), 32)
    lo = m.times[mantissa]
    hi = m.times[mantissa + 1]
    return zeros * LN2 + lo - ((lo - hi) * rest >> 32)


def exponential(m: Machine, u: int, mean: int) -> int:
    """An exponential draw of the given mean (ps), rounded down; at least 0."""
    ln = minus_log(m, u)
    return times_fraction(mean, ln)


def quantile(m: Machine, first: int, points: int, u: int) -> int:
    """Inverse transform: the value at a uniform position of a table of `points`+1 ascending values."""
    at = umulh(u, points)
    frac = ushr(wmul(u, points), 32)
    lo = m.times[first + at]
    hi = m.times[first + at + 1]
    return lo + times_fraction(hi - lo, frac)


def sample(m: Machine, dist: int, source: int, number: int, draw: int) -> int:
    """Draw from distribution `dist` for (source, number, draw), in ps."""
    u = hash3(m.tables.seed, source, number, draw)
    if m.tables.dist_mean[dist] > 0:
        return exponential(m, u, m.tables.dist_mean[dist])
    first = m.tables.dist_first[dist]
    if m.tables.dist_len[dist] == 0:
        return m.times[first]
    return quantile(m, first, m.tables.dist_len[dist], u)
