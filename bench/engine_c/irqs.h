/* The interrupt controller: assertion, latching, acceptance. */
#ifndef IRQS_H
#define IRQS_H

#include "events.h"

/* An edge that only one CPU serves, to which it does not go any more: another may take it. */
static inline bool elsewhere(const Machine *m, i64 irq)
{
    const State *s = &m->state;
    return m->tables.irq_edge[irq] && s->service[irq] != s->route[irq] && s->left[irq] < 0;
}

static inline bool deliverable(const Machine *m, i64 irq)
{
    const State *s = &m->state;
    bool signal = m->tables.irq_edge[irq] ? s->latch[irq] : s->wire[irq];
    return signal && !s->masked[irq] && (s->service[irq] < 0 || elsewhere(m, irq));
}

static void refresh(Machine *m, i64 irq)
{
    i64 rank = m->tables.rank[irq];
    i64 cpu = m->state.route[irq];
    i64 *word = &m->beside.pending[cpu * IRQ_WORDS + (rank >> 6)];
    if (deliverable(m, irq)) {
        *word |= bit(rank & 63);
        m->beside.cpus[cpu].deliver = 1;
    } else {
        *word &= ~bit(rank & 63);
    }
}

static void withdraw(Machine *m, i64 irq)
{
    i64 rank = m->tables.rank[irq];
    m->beside.pending[m->state.route[irq] * IRQ_WORDS + (rank >> 6)] &= ~bit(rank & 63);
}

/* An instruction of `cpu` changed `irq`: another CPU sees at once what is gone, and after the machine's latency what
 * is there now. */
static void touched(Machine *m, i64 irq, i64 cpu, i64 when)
{
    if (m->state.route[irq] == cpu)
        refresh(m, irq);
    else if (deliverable(m, irq))
        schedule(m, DEVS + irq, when + m->tables.transfer[Transfer_IPI]);
    else
        withdraw(m, irq);
}

static void settle(Machine *m, i64 irq)
{
    i64 rank = m->tables.rank[irq];
    i64 mine = bit(rank & 63);
    for (i64 cpu = 0; cpu < m->tables.n_cpus; cpu++) {
        i64 word = cpu * IRQ_WORDS + (rank >> 6);
        m->beside.pending[word] &= ~mine;
        if (m->state.service[irq] != cpu && m->state.left[irq] != cpu && m->beside.serving[word] & mine) {
            m->beside.serving[word] &= ~mine;
            m->beside.cpus[cpu].deliver = 1;
        }
    }
    refresh(m, irq);
}

static void raise_irq(Machine *m, i64 irq, i64 pin, i64 when)
{
    i64 dev = m->tables.irq_dev[irq];
    if (!m->tables.irq_edge[irq]) {
        if (!m->state.wire[irq] && dev >= 0)
            m->beside.devices[dev].asserted = when;
        m->state.wire[irq] |= pin;
    } else if (m->state.masked[irq] && m->tables.edge_lost) {
        if (dev >= 0)
            m->beside.devices[dev].lost++;
    } else {
        m->state.latch[irq] = 1;
        if (dev >= 0)
            m->beside.devices[dev].asserted = when;
    }
}

/* The lowest rank among the bits of one CPU; a rank beyond all if none. */
static inline i64 first_rank(const i64 *words, i64 cpu)
{
    for (i64 k = 0; k < IRQ_WORDS; k++)
        if (words[cpu * IRQ_WORDS + k])
            return k * 64 + ctz(words[cpu * IRQ_WORDS + k]);
    return IRQ_WORDS * 64;
}

/* The irq this CPU would accept now if its flag allowed it, -1 none. */
static i64 best(Machine *m, i64 cpu)
{
    i64 rank = first_rank(m->beside.pending, cpu);
    if (rank >= IRQ_WORDS * 64) {
        m->beside.cpus[cpu].deliver = 0;
        return -1;
    }
    i64 irq = m->tables.by_rank[rank];
    if (m->tables.irq_prio[irq] <= m->state.level[cpu])
        return -1;
    if (m->tables.gate_by_priority) {
        i64 serving = first_rank(m->beside.serving, cpu);
        if (serving < IRQ_WORDS * 64 && m->tables.irq_prio[irq] <= m->tables.irq_prio[m->tables.by_rank[serving]])
            return -1;
    }
    return irq;
}

static void serve(Machine *m, i64 cpu, i64 irq)
{
    i64 rank = m->tables.rank[irq];
    i64 wire = m->state.wire[irq];
    m->state.latch[irq] = 0;
    m->state.left[irq] = m->state.service[irq];
    m->state.service[irq] = (int8_t)cpu;
    m->beside.serving[cpu * IRQ_WORDS + (rank >> 6)] |= bit(rank & 63);
    m->beside.pending[cpu * IRQ_WORDS + (rank >> 6)] &= ~bit(rank & 63);
    for (i64 dev = m->tables.irq_dev[irq]; dev >= 0; dev = wire ? m->beside.devices[dev].next : -1) {
        Device *d = &m->beside.devices[dev];
        d->irqs += !wire || (wire & d->pin);
    }
}

static void push_frame(Machine *m, i64 cpu, i64 frame, i64 pc)
{
    State *s = &m->state;
    i64 victim = s->cur[cpu];
    s->runs_on[victim] = -1;
    s->runs_on[frame] = (int8_t)cpu;
    s->below[frame] = (int16_t)victim;
    s->status[frame] = IN_USE;
    s->pc[frame] = (int32_t)pc;
    s->cur[cpu] = (int16_t)frame;
    m->beside.work_left[frame] = -1;
}

/* Take the best deliverable irq, if the flag allows and there is one. */
static bool accept(Machine *m, i64 cpu)
{
    if (!m->state.iflag[cpu])
        return false;
    i64 irq = best(m, cpu);
    if (irq < 0)
        return false;
    i64 frame = m->tables.trap[cpu];
    if (m->state.status[frame]) {
        m->beside.finding = Finding_TRAP_REENTERED;
        m->beside.find_cpu = (int32_t)cpu;
        m->beside.find_ctx = (int32_t)frame;
        m->beside.find_pc = m->state.pc[frame];
        m->beside.find_a = irq;
        return false;
    }
    serve(m, cpu, irq);
    Cpu *c = &m->beside.cpus[cpu];
    trace(m, c->clock, cpu, Event_ACCEPT, irq, m->state.cur[cpu]);
    push_frame(m, cpu, frame, m->tables.vector_pc);
    m->state.saved_if[frame] = 1;
    m->state.iflag[cpu] = 0;
    m->state.halted[cpu] = 0;
    m->state.regs[frame * REGS] = irq;
    c->clock += m->tables.trap_cost;
    c->acct = Account_INTR;
    charge(m, cpu, Account_INTR, m->tables.trap_cost);
    return true;
}

/* What `cpu` served of `irq` gates it no more. */
static void served(Machine *m, i64 irq, i64 cpu)
{
    i64 rank = m->tables.rank[irq];
    m->beside.serving[cpu * IRQ_WORDS + (rank >> 6)] &= ~bit(rank & 63);
    m->beside.cpus[cpu].deliver = 1;
}

static void end_of_interrupt(Machine *m, i64 irq, i64 cpu, i64 when)
{
    i64 server = m->state.service[irq];
    if (m->state.left[irq] == cpu) {
        m->state.left[irq] = -1;
        served(m, irq, cpu);
        touched(m, irq, cpu, when);
        return;
    }
    if (server < 0)
        return;
    m->state.service[irq] = m->state.left[irq];
    m->state.left[irq] = -1;
    touched(m, irq, cpu, when);
    if (server == cpu)
        served(m, irq, cpu);
    else /* what it served gates the server for as long as the news travels */
        schedule(m, DEVS + irq, when + m->tables.transfer[Transfer_IPI]);
}

static void set_mask(Machine *m, i64 irq, int masked, i64 cpu, i64 when)
{
    m->state.masked[irq] = (uint8_t)masked;
    touched(m, irq, cpu, when);
}

static void reroute(Machine *m, i64 irq, i64 target, i64 when)
{
    if (m->state.route[irq] == target)
        return;
    withdraw(m, irq);
    m->state.route[irq] = (int8_t)target;
    schedule(m, DEVS + irq, when + m->tables.transfer[Transfer_IPI]);
}

/* Latch an edge as if its device had said it again. */
static void retrigger(Machine *m, i64 irq, i64 cpu, i64 when)
{
    if (!m->tables.irq_edge[irq])
        return;
    m->state.latch[irq] |= 1;
    touched(m, irq, cpu, when);
}

#endif
