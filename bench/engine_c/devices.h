/* Devices: when arrivals come, what rings hold, how late items are served. */
#ifndef DEVICES_H
#define DEVICES_H

#include "irqs.h"
#include "latency.h"

static i64 jitter(const Machine *m, const Device *d, i64 n)
{
    return d->dist < 0 ? 0 : sample(m, d->dist, d->source, n, JITTER_DRAW);
}

static i64 recorded(const Machine *m, const Device *d, i64 n)
{
    if (n < d->length)
        return d->offset + m->times.at[d->first + n];
    if (d->repeat == 0 || d->length == 0)
        return -1;
    return d->offset + n / d->length * d->repeat + m->times.at[d->first + n % d->length];
}

/* When the device's next item arrives, -1 never. */
static i64 next_arrival(const Machine *m, const Device *d)
{
    i64 n = d->arrived;
    if (d->limit >= 0 && n >= d->limit)
        return -1;
    switch (d->kind) {
    case Kind_PERIODIC:
        return max64(d->last, d->offset + n * d->period + jitter(m, d, n));
    case Kind_POISSON:
        return (n == 0 ? d->offset : d->last) +
               exponential(m, hash3(m->tables.seed, d->source, n, ARRIVAL_DRAW), d->period);
    case Kind_BURST: {
        i64 k = n / d->burst;
        return max64(d->last, d->offset + k * d->period + jitter(m, d, k) + n % d->burst * d->gap);
    }
    case Kind_RECORDED:
        return recorded(m, d, n);
    default:
        return -1;
    }
}

static void arm(Machine *m, i64 dev)
{
    i64 when = next_arrival(m, &m->beside.devices[dev]);
    if (when >= 0)
        schedule(m, dev, when);
}

static void serve_next(Machine *m, i64 dev, const Device *d, i64 when)
{
    if (d->waiting > 0)
        schedule(m, dev, when + sample(m, d->dist, d->source, d->arrived, SERVICE_DRAW));
}

static void keep(Machine *m, i64 dev, Device *d, i64 slot, i64 n, i64 when)
{
    d->untimed += m->beside.item_time[slot] >= 0;
    m->beside.item_time[slot] = when;
    m->beside.item_arrival[slot] = n;
    d->accepted++;
    m->state.dev_count[dev]++;
    trace(m, when, -1, Event_ARRIVE, dev, n);
    if (m->state.dev_enable[dev] && d->irq >= 0) {
        raise_irq(m, d->irq, d->pin, when);
        refresh(m, d->irq);
    }
}

/* The event of a device: an item arrives; the next is queued. */
static void arrive(Machine *m, i64 dev, i64 when)
{
    Device *d = &m->beside.devices[dev];
    i64 n = d->arrived++;
    i64 slot = dev * ITEMS + (d->accepted & (ITEMS - 1));
    d->last = when;
    if (m->state.dev_count[dev] >= d->ring) {
        d->dropped++;
        trace(m, when, -1, Event_DROP, dev, n);
    } else {
        keep(m, dev, d, slot, n, when);
    }
    if (d->kind == Kind_CLOSED) {
        d->waiting--;
        serve_next(m, dev, d, when);
    } else {
        arm(m, dev);
    }
}

static void lower_wire(Machine *m, const Device *d, i64 cpu, i64 when)
{
    i64 wire = m->state.wire[d->irq];
    if (wire & d->pin) {
        m->state.wire[d->irq] = (uint8_t)(wire & ~d->pin);
        if (wire == d->pin)
            touched(m, d->irq, cpu, when);
    }
}

static inline i64 slot_of(i64 dev, i64 handle) { return dev * ITEMS + ((handle - 1) & (ITEMS - 1)); }

/* Items below number `end` have waited until now: a handler begins, or takes one that came while it ran. */
static void seen(Machine *m, i64 dev, i64 end, i64 when)
{
    Device *d = &m->beside.devices[dev];
    for (i64 k = d->started; k < end; k++) {
        i64 at = m->beside.item_time[slot_of(dev, k + 1)];
        if (at >= 0)
            observe(m, dev, 0, when - at);
    }
    d->started = max64(d->started, end);
}

/* Pop the oldest item: its number plus one, or 0. */
static i64 take(Machine *m, i64 dev, i64 cpu, i64 when)
{
    const Device *d = &m->beside.devices[dev];
    if (m->state.dev_count[dev] == 0)
        return 0;
    seen(m, dev, ++m->state.dev_head[dev], when);
    if (--m->state.dev_count[dev] == 0 && d->irq >= 0)
        lower_wire(m, d, cpu, when);
    return m->state.dev_head[dev];
}

static void acknowledge(Machine *m, i64 dev, i64 cpu, i64 when)
{
    const Device *d = &m->beside.devices[dev];
    if (d->auto_) {
        m->state.dev_head[dev] += m->state.dev_count[dev];
        seen(m, dev, m->state.dev_head[dev], when);
        m->state.dev_count[dev] = 0;
    }
    if (d->irq >= 0)
        lower_wire(m, d, cpu, when);
}

static void enable(Machine *m, i64 dev, i64 on, i64 cpu, i64 when)
{
    const Device *d = &m->beside.devices[dev];
    m->state.dev_enable[dev] = on != 0;
    if (d->irq < 0)
        return;
    if (on == 0) {
        lower_wire(m, d, cpu, when);
    } else if (m->state.dev_count[dev] > 0) {
        raise_irq(m, d->irq, d->pin, when);
        touched(m, d->irq, cpu, when);
    }
}

static void device_write(Machine *m, i64 dev, i64 reg, i64 value, i64 cpu, i64 when)
{
    Device *d = &m->beside.devices[dev];
    if (reg == DevReg_ENABLE)
        enable(m, dev, value, cpu, when);
    else if (reg != DevReg_SUBMIT)
        acknowledge(m, dev, cpu, when);
    else if (d->kind == Kind_ONESHOT)
        schedule(m, dev, when + max64(0, value));
    else if (++d->waiting == 1)
        serve_next(m, dev, d, when);
}

static void completed(Machine *m, i64 dev, Device *d, i64 at, i64 when)
{
    observe(m, dev, 1, when - at);
    d->missed += d->deadline > 0 && when - at > d->deadline;
    d->done++;
}

/* When item n came, if that follows from its number. Else -1. */
static i64 regular(const Machine *m, const Device *d, i64 n)
{
    if (d->dropped > 0 || d->dist >= 0)
        return -1;
    switch (d->kind) {
    case Kind_PERIODIC:
        return d->offset + n * d->period;
    case Kind_BURST:
        return d->offset + n / d->burst * d->period + n % d->burst * d->gap;
    case Kind_RECORDED:
        return recorded(m, d, n);
    default:
        return -1;
    }
}

/* Item n, whose record another has taken, is done. */
static bool finished_late(Machine *m, i64 dev, Device *d, i64 n, i64 when)
{
    if (d->untimed == 0)
        return false;
    d->untimed--;
    i64 at = regular(m, d, n);
    if (at >= 0) {
        completed(m, dev, d, at, when);
    } else {
        d->done++;
        d->unmeasured++;
    }
    trace(m, when, -1, Mark_DONE, dev, n);
    return true;
}

/* An item is done. False when it was not popped, or is done already. */
static bool finished(Machine *m, i64 dev, i64 handle, i64 when)
{
    Device *d = &m->beside.devices[dev];
    i64 slot = slot_of(dev, handle);
    if (handle <= 0 || handle > m->state.dev_head[dev])
        return false;
    if (handle <= d->accepted - ITEMS)
        return finished_late(m, dev, d, handle - 1, when);
    i64 at = m->beside.item_time[slot];
    if (at < 0)
        return false;
    m->beside.item_time[slot] = -1;
    completed(m, dev, d, at, when);
    trace(m, when, -1, Mark_DONE, dev, m->beside.item_arrival[slot]);
    return true;
}

static void finish_popped(Machine *m, i64 dev, i64 when)
{
    i64 head = m->state.dev_head[dev];
    for (i64 k = m->beside.devices[dev].oldest; k < head; k++)
        finished(m, dev, k + 1, when);
    m->beside.devices[dev].oldest = head;
}

/* The arrival number of an item; of one whose record is gone, its own number. */
static i64 arrival_of(const Machine *m, i64 dev, i64 handle)
{
    bool gone = handle <= m->beside.devices[dev].accepted - ITEMS;
    return gone ? handle - 1 : m->beside.item_arrival[slot_of(dev, handle)];
}

static void put_off(Machine *m, i64 irq, i64 when)
{
    i64 dev = m->tables.irq_dev[irq];
    if (dev < 0)
        return;
    Device *d = &m->beside.devices[dev];
    d->held++;
    if (!d->held_since)
        d->held_since = when + 1;
}

/* The MARK instruction. False when an item is reported done that is not outstanding. */
static bool marked(Machine *m, i64 cpu, i64 when, i64 kind, i64 a, i64 b, bool written)
{
    i64 room = kind <= Mark_DONE ? DEVS : SOURCES;
    bool known = a >= 0 && a < room;
    bool ok = kind == Mark_HELD || kind == Mark_USER || known;
    if (kind == Mark_START && ok) {
        Device *d = &m->beside.devices[a];
        seen(m, a, d->accepted, when);
        if (d->held_since) {
            d->held_time += when + 1 - d->held_since;
            d->held_since = 0;
        }
    } else if (kind == Mark_DONE && ok) {
        if (b == 0 && written)
            finish_popped(m, a, when);
        else
            ok = finished(m, a, b, when);
    } else if (kind == Mark_HELD && a >= 0 && a < m->tables.n_irqs) {
        put_off(m, a, when);
    } else if (kind == Mark_WAKE && ok) {
        m->beside.sources[a].woken = when;
    } else if (kind == Mark_RUN && ok && m->beside.sources[a].woken >= 0) {
        observe(m, a, 0, when - m->beside.sources[a].woken);
        m->beside.sources[a].woken = -1;
    }
    trace(m, when, cpu, kind, a, b);
    return ok;
}

/* The DRAW instruction. */
static i64 drawn(Machine *m, i64 ctx, i64 dist, i64 site, bool keyed, i64 key, i64 dev)
{
    if (keyed && dev >= 0)
        return sample(m, dist, WORK_SOURCE + dev, arrival_of(m, dev, key), dist);
    if (keyed)
        return sample(m, dist, WORK_SOURCE - 1, key, dist);
    i64 origin = m->tables.ctx_origin[ctx];
    i64 counter = origin > 0 ? origin : site;
    return sample(m, dist, counter, m->beside.draws[counter]++, dist + 16);
}

#endif
