/* Latency samples: count, two-word sum, least, most, and a histogram of 64 buckets to the octave. */
#ifndef LATENCY_H
#define LATENCY_H

#include "base.h"

static inline i64 bucket(i64 value)
{
    if (value < 128)
        return max64(0, value);
    i64 top = fls(value);
    return (top - 5) * 64 + ((value >> (top - 6)) & 63);
}

static void observe(Machine *m, i64 source, int which, i64 value)
{
    Source *s = &m->beside.sources[source];
    bool first = s->count[which]++ == 0;
    i64 total = s->total[which] + value;
    if (total >= LOW) {
        s->total_hi[which]++;
        total -= LOW;
    }
    s->total[which] = total;
    s->least[which] = first ? value : min64(s->least[which], value);
    s->most[which] = first ? value : max64(s->most[which], value);
    m->beside.hist[(source * 2 + which) * BUCKETS + bucket(value)]++;
}

#endif
