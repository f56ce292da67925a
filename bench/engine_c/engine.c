/* The simulator's loop: always the earliest next step. The specification is splx.machine.run, line by line.
 *
 *     cc -O2 -shared -fPIC -fwrapv engine.c      with the generated machine.h on the include path
 */

#include "step.h"

/* The CPU with the smallest clock among those that have something to do, -1 none. */
static i64 pick(const Machine *m)
{
    i64 found = -1, least = FOREVER;
    for (i64 c = 0; c < m->tables.n_cpus; c++) {
        const Cpu *cpu = &m->beside.cpus[c];
        if (cpu->mode <= Mode_WORK && cpu->clock < least) {
            least = cpu->clock;
            found = c;
        }
    }
    return found;
}

static void wake(Machine *m, i64 c, i64 when)
{
    Cpu *cpu = &m->beside.cpus[c];
    i64 at = max64(when, cpu->clock);
    charge(m, c, Account_IDLE, at - cpu->clock);
    cpu->clock = at;
    cpu->mode = Mode_RUN;
}

/* An interrupt is due at a spinner: it goes on from where it would be and samples at its next look. */
static void notice_spin(Machine *m, i64 c, i64 when)
{
    Cpu *cpu = &m->beside.cpus[c];
    if (cpu->period == 0) {
        unpark(m, c, max64(cpu->clock, when));
    } else if (cpu->clock > when) {
        unpark(m, c, cpu->clock);
    } else {
        unpark(m, c, cpu->clock + (when - cpu->clock) / cpu->period * cpu->period);
        cpu->deaf = 1;
    }
}

/* If the CPU would now accept an interrupt, end its work, halt or spin. */
static void notice(Machine *m, i64 c, i64 when)
{
    Cpu *cpu = &m->beside.cpus[c];
    if (cpu->mode == Mode_RUN || !m->state.iflag[c] || best(m, c) < 0)
        return;
    if (cpu->mode == Mode_WORK) {
        i64 rest = cpu->clock - when;
        m->beside.work_left[m->state.cur[c]] = rest;
        charge(m, c, cpu->acct, -rest);
        cpu->clock = when;
        cpu->mode = Mode_RUN;
    } else if (cpu->mode == Mode_HALTED) {
        wake(m, c, when);
    } else {
        notice_spin(m, c, when);
    }
}

/* All events of one instant, in the chosen order; then the CPUs they concern take notice. */
static i64 happen(Machine *m, i64 when, i64 room)
{
    Beside *b = &m->beside;
    i64 count = 0;
    b->now = when;
    while (b->n_events > 0 && b->ev_time[b->heap[0]] == when) {
        if (count >= room)
            return count;
        count++;
        i64 slot = pop(b);
        if (slot < DEVS) {
            arrive(m, slot, when);
        } else if (slot - DEVS >= m->tables.ipi_base) {
            raise_irq(m, slot - DEVS, 1, when);
            refresh(m, slot - DEVS);
        } else {
            settle(m, slot - DEVS);
        }
    }
    for (i64 c = 0; c < m->tables.n_cpus; c++)
        if (b->cpus[c].deliver)
            notice(m, c, when);
    return count;
}

static void settle_spin(Machine *m, i64 c, i64 until)
{
    Cpu *cpu = &m->beside.cpus[c];
    i64 spent = until - cpu->clock;
    if (cpu->period > 0) {
        i64 rounds = spent / cpu->period;
        cpu->insns += rounds * cpu->spin_len;
        spent = rounds * cpu->period;
    }
    charge(m, c, Account_SPIN, spent);
    cpu->clock += spent;
}

/* Bring every CPU to `until` exactly: what reaches beyond is not yet spent. */
static void finish(Machine *m)
{
    i64 until = m->beside.until;
    for (i64 c = 0; c < m->tables.n_cpus; c++) {
        Cpu *cpu = &m->beside.cpus[c];
        if (cpu->mode == Mode_HALTED && cpu->clock < until) {
            charge(m, c, Account_IDLE, until - cpu->clock);
            cpu->clock = until;
        } else if (cpu->mode == Mode_PARKED && cpu->clock < until) {
            settle_spin(m, c, until);
        }
    }
    m->beside.now = until;
}

static void found(Machine *m, i64 c, const Exit *x)
{
    m->beside.finding = (int32_t)x->arg;
    m->beside.find_cpu = (int32_t)c;
    m->beside.find_ctx = (int32_t)x->ctx;
    m->beside.find_pc = (int32_t)x->last;
    m->beside.find_a = x->arg2;
    m->beside.find_b = x->extra;
}

/* Too many instructions without the clock moving: the program is stuck at one instant. */
static void watch_progress(Machine *m, Cpu *cpu, i64 c, Exit *x, i64 count)
{
    cpu->still = x->clock == cpu->clock ? cpu->still + count : 0;
    if (RARE(cpu->still > PATIENCE && !m->beside.finding)) {
        x->arg = Finding_STUCK;
        x->arg2 = 0;
        x->extra = 0;
        found(m, c, x);
    }
}

static void begin_work(Machine *m, Cpu *cpu, i64 c, const Exit *x)
{
    m->beside.work_left[x->ctx] = x->arg;
    cpu->acct = (uint8_t)x->arg2;
    charge(m, c, x->arg2, x->arg);
    cpu->clock = x->clock + x->arg;
    cpu->mode = Mode_WORK;
    if (x->arg > 0)
        cpu->still = 0;
}

/* Charge the instruction that ended the slice by waiting for something. */
static void charge_last(Machine *m, Cpu *cpu, i64 c, const Exit *x)
{
    const Insn *i = &m->tables.code[x->last];
    cpu->acct = i->acct ? i->acct : (uint8_t)x->acct;
    cpu->clock = x->clock + i->cost;
    charge(m, c, cpu->acct, i->cost);
}

static void begin_halt(Machine *m, Cpu *cpu, i64 c, const Exit *x)
{
    charge_last(m, cpu, c, x);
    trace(m, cpu->clock, c, Event_HALT, x->ctx, 0);
    if (!cpu->deliver || best(m, c) < 0)
        cpu->mode = Mode_HALTED;
}

/* Write the slice back, and do what its last instruction asked for. */
static void ended(Machine *m, Cpu *cpu, i64 c, Exit *x, i64 executed)
{
    i64 count = executed;
    if (x->stop == Stop_REDO)
        x->pc--;
    else if (x->stop == Stop_FINDING)
        found(m, c, x);
    else if (x->stop == Stop_WORK || x->stop == Stop_PARK || x->stop == Stop_HALT)
        count++;
    m->state.pc[x->ctx] = (int32_t)x->pc;
    cpu->last = (int32_t)x->last;
    m->beside.ran = (int32_t)c;
    watch_progress(m, cpu, c, x, count);
    cpu->clock = x->clock;
    cpu->insns += count;
    m->beside.steps_left -= count;
    if (x->stop == Stop_WORK) {
        begin_work(m, cpu, c, x);
    } else if (x->stop == Stop_PARK) {
        charge_last(m, cpu, c, x);
        park(m, c, x->arg, x->arg2, cpu->deliver && m->state.iflag[c] && best(m, c) >= 0);
    } else if (x->stop == Stop_HALT) {
        begin_halt(m, cpu, c, x);
    }
}

/* Let CPU `c` run until something may interfere. */
static void slice_of(Machine *m, i64 c, i64 event)
{
    Cpu *cpu = &m->beside.cpus[c];
    i64 ctx = m->state.cur[c];
    if (cpu->mode == Mode_WORK) {
        cpu->mode = Mode_RUN;
        m->beside.work_left[ctx] = -1;
        m->state.pc[ctx]++;
    }
    if (cpu->deliver && !cpu->deaf && !(m->tables.code[m->state.pc[ctx]].flags & F_SPIN)) {
        if (accept(m, c))
            return;
        if (m->state.halted[c]) { /* what woke it is no longer there */
            cpu->mode = Mode_HALTED;
            return;
        }
    }
    cpu->deaf = 0;
    if (m->beside.finding)
        return;
    i64 other = FOREVER, tied = 0;
    for (i64 o = 0; o < m->tables.n_cpus; o++) {
        const Cpu *rival = &m->beside.cpus[o];
        if (o != c && rival->mode <= Mode_WORK && rival->clock < other) {
            other = rival->clock;
            tied = o < c;
        }
    }
    i64 limit = min64(event, m->beside.until);
    i64 budget = m->tables.run_ahead ? min64(m->beside.steps_left, SLICE) : 1;
    step(m, cpu, c, min64(limit, other - tied), min64(limit, other + m->tables.transfer[Transfer_IPI]), budget);
}

void boot(Machine *m)
{
    for (i64 dev = 0; dev < DEVS; dev++)
        arm(m, dev);
}

int64_t run(Machine *m)
{
    i64 room = EVENTS_AT_ONCE;
    while (!m->beside.finding) {
        if (m->beside.steps_left <= 0 || room <= 0)
            return Status_STEPS;
        if (RARE(m->tables.trace && m->beside.n_trace >= TRACE_ROOM))
            return Status_TRACE;
        i64 cpu = pick(m);
        i64 clock = cpu >= 0 ? m->beside.cpus[cpu].clock : FOREVER;
        i64 event = m->beside.n_events > 0 ? m->beside.ev_time[m->beside.heap[0]] : FOREVER;
        if (min64(clock, event) > m->beside.until) {
            finish(m);
            return Status_DONE;
        }
        if (event < clock)
            room -= happen(m, event, room);
        else
            slice_of(m, cpu, event);
    }
    return Status_FINDING;
}

/* After `run` is done: let every parked spinner execute up to `until`, as if it had never parked. */
int64_t close_run(Machine *m)
{
    for (i64 c = 0; c < m->tables.n_cpus; c++) {
        Cpu *cpu = &m->beside.cpus[c];
        if (cpu->mode == Mode_PARKED && cpu->period > 0 && cpu->clock <= m->beside.until) {
            settle_spin(m, c, m->beside.until);
            unpark(m, c, cpu->clock);
        }
    }
    return run(m);
}
