/* Cache lines: who has one, what it costs to get it, and how a parked spinner learns that its line changed. */
#ifndef LINES_H
#define LINES_H

#include "base.h"

static void unpark(Machine *m, i64 w, i64 clock)
{
    Cpu *cpu = &m->beside.cpus[w];
    for (i64 k = 0; k < cpu->n_watch; k++)
        m->beside.watched[cpu->watch[k]] &= ~bit(w);
    i64 spent = clock - cpu->clock;
    if (cpu->period > 0)
        cpu->insns += floor_div(spent, cpu->period) * cpu->spin_len;
    charge(m, w, Account_SPIN, spent);
    cpu->clock = clock;
    cpu->n_watch = 0;
    cpu->mode = Mode_RUN;
}

/* Unpark all watchers of a line about to change. False when one of them has to run first. */
static bool wake_watchers(Machine *m, i64 watchers, i64 cpu, i64 clock)
{
    bool ready = true;
    for (u64 left = (u64)watchers; left; left &= left - 1) {
        i64 w = __builtin_ctzll(left);
        const Cpu *spinner = &m->beside.cpus[w];
        if (spinner->period == 0) {
            unpark(m, w, max64(spinner->clock, clock));
            continue;
        }
        /* the last iteration that begins before (clock, cpu), ties by CPU number */
        i64 last = w < cpu ? clock : clock - 1;
        i64 rounds = max64(0, last - spinner->clock) / spinner->period;
        if (spinner->clock <= last)
            ready = false;
        unpark(m, w, spinner->clock + rounds * spinner->period);
    }
    return ready;
}

static i64 fetch_line(Machine *m, i64 mine, i64 line)
{
    i64 share = m->beside.share[line];
    m->beside.share[line] = share | mine;
    return m->tables.transfer[popcount(share) == 1 ? Transfer_REMOTE : Transfer_SHARED];
}

/* Cost on top of a hit of reading from `line`. */
static inline i64 read_line(Machine *m, i64 mine, i64 line)
{
    return m->beside.share[line] & mine ? 0 : fetch_line(m, mine, line);
}

/* Take a line for writing; -1 when a spinner must be heard first. */
static i64 take_line(Machine *m, i64 cpu, i64 mine, i64 clock, i64 line)
{
    i64 watchers = m->beside.watched[line] & ~mine;
    if (watchers && !wake_watchers(m, watchers, cpu, clock))
        return -1;
    i64 share = m->beside.share[line];
    m->beside.share[line] = mine;
    if (share & mine)
        return m->tables.transfer[Transfer_UPGRADE];
    return m->tables.transfer[popcount(share) == 1 ? Transfer_REMOTE : Transfer_SHARED];
}

/* Note a line that the present spin iteration read. */
static void watch_line(Cpu *cpu, i64 line)
{
    if (cpu->n_watch > WATCH)
        return;
    for (i64 k = 0; k < cpu->n_watch; k++)
        if (cpu->watch[k] == line)
            return;
    if (cpu->n_watch < WATCH)
        cpu->watch[cpu->n_watch] = (int32_t)line;
    cpu->n_watch++;
}

/* At the end of a spin iteration that found nothing: park if the next ones would be the same.
 * With an interrupt due the next one will not even begin. */
static void park(Machine *m, i64 w, i64 period, i64 length, bool due)
{
    Cpu *cpu = &m->beside.cpus[w];
    bool same = m->tables.park && !due && cpu->n_watch <= WATCH && cpu->clock - cpu->begin == period;
    for (i64 k = 0; same && k < cpu->n_watch; k++)
        same = (m->beside.share[cpu->watch[k]] & bit(w)) != 0;
    cpu->begin = cpu->clock;
    if (!same) {
        cpu->n_watch = 0;
        return;
    }
    for (i64 k = 0; k < cpu->n_watch; k++)
        m->beside.watched[cpu->watch[k]] |= bit(w);
    cpu->period = period;
    cpu->spin_len = (int32_t)length;
    cpu->mode = Mode_PARKED;
}

#endif
