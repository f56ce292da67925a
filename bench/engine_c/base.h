/* Words, bits, the trace. Everything is `static inline`: the engine is one translation unit. */
#ifndef BASE_H
#define BASE_H

#include <stdbool.h>

#include "machine.h"

typedef int64_t i64;
typedef uint64_t u64;

#define RARE(x) __builtin_expect(!!(x), 0)

static inline i64 min64(i64 a, i64 b) { return a < b ? a : b; }
static inline i64 max64(i64 a, i64 b) { return a > b ? a : b; }

static inline i64 wadd(i64 a, i64 b) { return (i64)((u64)a + (u64)b); }
static inline i64 wsub(i64 a, i64 b) { return (i64)((u64)a - (u64)b); }
static inline i64 wmul(i64 a, i64 b) { return (i64)((u64)a * (u64)b); }
static inline i64 ushr(i64 a, i64 n) { return (i64)((u64)a >> n); }
static inline i64 umulh(i64 a, i64 b) { return (i64)(((unsigned __int128)(u64)a * (u64)b) >> 64); }

static inline i64 bit(i64 n) { return (i64)(UINT64_C(1) << n); }
static inline i64 popcount(i64 a) { return __builtin_popcountll((u64)a); }
static inline i64 ctz(i64 a) { return a ? __builtin_ctzll((u64)a) : 64; }
static inline i64 fls(i64 a) { return a ? 63 - __builtin_clzll((u64)a) : -1; }

/* Python's division: rounds down. The divisor is neither 0 nor -1. */
static inline i64 floor_div(i64 a, i64 b)
{
    i64 q = a / b;
    return q - (a % b != 0 && ((a ^ b) < 0));
}

static inline i64 floor_mod(i64 a, i64 b)
{
    i64 r = a % b;
    return r != 0 && ((r ^ b) < 0) ? r + b : r;
}

static void append(Machine *m, i64 when, i64 cpu, i64 kind, i64 a, i64 b)
{
    i64 *record = m->log.at + m->beside.n_trace * 5;
    record[0] = when;
    record[1] = cpu;
    record[2] = kind;
    record[3] = a;
    record[4] = b;
    m->beside.n_trace++;
}

static inline void trace(Machine *m, i64 when, i64 cpu, i64 kind, i64 a, i64 b)
{
    if (RARE(m->tables.trace))
        append(m, when, cpu, kind, a, b);
}

static inline void charge(Machine *m, i64 c, i64 account, i64 time)
{
    m->beside.acct[c * ACCOUNTS + account] += time;
}

#endif
