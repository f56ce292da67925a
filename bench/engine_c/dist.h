/* Random numbers by (seed, source, number, draw), and distributions in integers. */
#ifndef DIST_H
#define DIST_H

#include "base.h"

static inline i64 mix(i64 z)
{
    u64 y = ((u64)z ^ (u64)z >> 30) * (u64)MIX1;
    y = (y ^ y >> 27) * (u64)MIX2;
    return (i64)(y ^ y >> 31);
}

static i64 hash3(i64 seed, i64 source, i64 number, i64 draw)
{
    i64 h = mix(wadd(seed, GOLDEN));
    h = mix(h ^ wmul(source, GOLDEN));
    h = mix(h ^ wmul(number, MIX2));
    return mix(h ^ wmul(draw, MIX1));
}

static inline i64 times_fraction(i64 a, i64 f)
{
    return wadd(wmul(umulh(a, f), LOG_ONE), ushr(wmul(a, f), 32));
}

/* -ln of a uniform number in (0, 1], in units of 2**-32, by the table at the start of `times`. */
static i64 minus_log(const Machine *m, i64 u)
{
    i64 zeros = u == 0 ? 0 : __builtin_clzll((u64)u);
    i64 x = (i64)((u64)u << zeros);
    i64 mantissa = ushr(wmul(x, 2), 64 - LOG_BITS);
    i64 rest = ushr(wmul(x, INT64_C(1) << (LOG_BITS + 1)), 32);
    i64 lo = m->times.at[mantissa];
    i64 hi = m->times.at[mantissa + 1];
    return zeros * LN2 + lo - ((lo - hi) * rest >> 32);
}

static i64 exponential(const Machine *m, i64 u, i64 mean) { return times_fraction(mean, minus_log(m, u)); }

static i64 quantile(const Machine *m, i64 first, i64 points, i64 u)
{
    i64 at = umulh(u, points);
    i64 lo = m->times.at[first + at];
    i64 hi = m->times.at[first + at + 1];
    return lo + times_fraction(hi - lo, ushr(wmul(u, points), 32));
}

static i64 sample(const Machine *m, i64 dist, i64 source, i64 number, i64 draw)
{
    i64 u = hash3(m->tables.seed, source, number, draw);
    i64 first = m->tables.dist_first[dist];
    if (m->tables.dist_mean[dist] > 0)
        return exponential(m, u, m->tables.dist_mean[dist]);
    if (m->tables.dist_len[dist] == 0)
        return m->times.at[first];
    return quantile(m, first, m->tables.dist_len[dist], u);
}

#endif
