/* The event queue: a binary heap of slots, ordered by time, then rank, then slot. */
#ifndef EVENTS_H
#define EVENTS_H

#include "dist.h"

static inline bool before(const Beside *b, i64 p, i64 q)
{
    if (b->ev_time[p] != b->ev_time[q])
        return b->ev_time[p] < b->ev_time[q];
    if (b->ev_rank[p] != b->ev_rank[q])
        return b->ev_rank[p] < b->ev_rank[q];
    return p < q;
}

static inline void place(Beside *b, i64 at, i64 slot)
{
    b->heap[at] = (int32_t)slot;
    b->where[slot] = (int32_t)at;
}

static void sift_up(Beside *b, i64 at)
{
    i64 slot = b->heap[at];
    while (at > 0 && before(b, slot, b->heap[(at - 1) >> 1])) {
        place(b, at, b->heap[(at - 1) >> 1]);
        at = (at - 1) >> 1;
    }
    place(b, at, slot);
}

static void sift_down(Beside *b, i64 at)
{
    i64 slot = b->heap[at];
    i64 n = b->n_events;
    for (i64 child; (child = 2 * at + 1) < n; at = child) {
        if (child + 1 < n && before(b, b->heap[child + 1], b->heap[child]))
            child++;
        if (!before(b, b->heap[child], slot))
            break;
        place(b, at, b->heap[child]);
    }
    place(b, at, slot);
}

static i64 tie(const Machine *m, i64 slot, i64 when)
{
    if (m->tables.ties == 0)
        return 0;
    if (m->tables.ties == 1)
        return -slot;
    return hash3(m->tables.seed, m->tables.ties, when, slot);
}

static void schedule(Machine *m, i64 slot, i64 when)
{
    Beside *b = &m->beside;
    bool queued = b->ev_time[slot] >= 0;
    b->ev_time[slot] = when;
    b->ev_rank[slot] = tie(m, slot, when);
    if (queued) {
        sift_up(b, b->where[slot]);
        sift_down(b, b->where[slot]);
    } else {
        place(b, b->n_events, slot);
        sift_up(b, b->n_events++);
    }
}

static i64 pop(Beside *b)
{
    i64 slot = b->heap[0];
    b->ev_time[slot] = -1;
    if (--b->n_events > 0) {
        place(b, 0, b->heap[b->n_events]);
        sift_down(b, 0);
    }
    return slot;
}

#endif
