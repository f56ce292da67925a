/* The interpreter: one slice of one CPU. The registers of the interpreter are locals.
 *
 * A clause ends in `break` when the next instruction simply follows. Otherwise it says so by a jump: `charge_and_stop`
 * (executed, but look around before the next), `stop_now` (to be seen to by `ended`), `failed`.
 */
#ifndef STEP_H
#define STEP_H

#include "devices.h"
#include "lines.h"

typedef struct {
    i64 pc, last, ctx, clock, acct;
    i64 stop, arg, arg2, extra;
} Exit;

static void ended(Machine *m, Cpu *cpu, i64 c, Exit *x, i64 executed);

#define A regs[i->a]
#define B (i->flags & F_IMM ? i->imm : regs[i->b])
#define N (i->flags & F_NUM ? (i64)(int16_t)i->b : regs[i->b])
#define RB regs[i->b]
#define RC regs[i->c]
#define DST regs[i->dst]

#define FAIL(finding, one, two) \
    do { \
        x.arg = (finding); \
        x.arg2 = (one); \
        x.extra = (two); \
        goto failed; \
    } while (0)

/* The ways to address memory: register a, nothing, or this CPU's block, plus the immediate; a and b; per CPU. */
#define BASE (i->a != NOREG ? A + i->imm : i->imm + (i->flags & F_OWN ? pb : 0))
#define INDEXED (A + RB + i->imm)
#define PRIVATE (pb + i->imm + (i->a == NOREG ? 0 : A))

#define MAPPED(address) \
    do { \
        if (RARE((address) <= 0 || (address) >= words)) \
            FAIL(Finding_BAD_ADDRESS, address, 0); \
    } while (0)

#define READ(address) \
    do { \
        MAPPED(address); \
        clock += read_line(m, mine, (address) >> ADDRESS_SHIFT); \
        DST = mem[address]; \
    } while (0)

/* Get a line for writing. A spinner that this wakes runs from now on: the slice ends after the instruction. */
#define OWN(address) \
    do { \
        MAPPED(address); \
        i64 line = (address) >> ADDRESS_SHIFT; \
        if (m->beside.share[line] != mine) { \
            if (m->beside.watched[line] & ~mine) \
                x.stop = Stop_TIME; \
            i64 extra = take_line(m, c, mine, clock, line); \
            if (RARE(extra < 0)) { \
                x.stop = Stop_REDO; \
                goto stop_now; \
            } \
            clock += extra; \
        } \
    } while (0)

#define WRITTEN() \
    do { \
        if (RARE(x.stop)) \
            goto charge_and_stop; \
    } while (0)

#define FIT(value) \
    do { \
        if (i->t && RARE(spill(value, i->t))) \
            FAIL(Finding_RANGE, value, i->t); \
    } while (0)

#define COMPARE_AND_SWAP(address) \
    do { \
        bool same = mem[address] == N; \
        if (same) \
            mem[address] = RC; \
        DST = same; \
    } while (0)

#define EXCHANGE(address) \
    do { \
        i64 new = N; \
        DST = mem[address]; \
        mem[address] = new; \
    } while (0)

#define ADD_TO(address) \
    do { \
        i64 by = N, old = mem[address]; \
        mem[address] = wadd(old, by); \
        DST = old; \
    } while (0)

#define CLAIM(test) \
    do { \
        if (RARE(!(test))) \
            FAIL(Finding_ASSERT, i->t, 0); \
    } while (0)

#define BRANCH_IF(test) \
    do { \
        if (test) \
            pc = i->t; \
    } while (0)

/* Another context runs on this CPU from now on; `pc` of the old one is saved already. */
#define RESUME(next) \
    do { \
        ctx = (next); \
        m->state.runs_on[ctx] = (int8_t)c; \
        m->state.cur[c] = (int16_t)ctx; \
        regs = m->state.regs + ctx * REGS; \
        pc = m->state.pc[ctx]; \
        account = m->tables.ctx_acct[ctx]; \
    } while (0)

#define SUSPEND() \
    do { \
        m->state.pc[ctx] = (int32_t)pc; \
        m->state.runs_on[ctx] = -1; \
    } while (0)

#define RECHECK() \
    do { \
        if (cpu->deliver && m->state.iflag[c] && best(m, c) >= 0) { \
            x.stop = Stop_CHECK; \
            goto charge_and_stop; \
        } \
    } while (0)

#define LOOK_AROUND() \
    do { \
        x.stop = Stop_TIME; \
        goto charge_and_stop; \
    } while (0)

/* A change of `irq` may be on its way to another CPU: an event that this slice did not know of. */
#define HEARD(irq) \
    do { \
        if (m->state.route[irq] != c) \
            LOOK_AROUND(); \
    } while (0)

#define KNOWN(irq) \
    do { \
        if (RARE((irq) < 0 || (irq) >= m->tables.n_irqs)) \
            FAIL(Finding_BAD_OPERAND, irq, 0); \
    } while (0)

#define USABLE(frame) \
    do { \
        if (RARE((frame) < 0 || (frame) >= CTXS)) \
            FAIL(Finding_BAD_OPERAND, frame, 0); \
    } while (0)

/* Whether a value does not fit n bits, or -n bits with a sign. */
static inline bool spill(i64 value, i64 bits)
{
    return (bits > 0 ? value >> bits : wadd(value, INT64_C(1) << (-bits - 1)) >> -bits) != 0;
}

static void step(Machine *m, Cpu *cpu, i64 c, i64 shared, i64 local, i64 budget)
{
    const Insn *code = m->tables.code, *i;
    i64 *mem = m->state.mem;
    i64 *accounts = m->beside.acct + c * ACCOUNTS;
    i64 words = m->tables.words;
    i64 pb = m->tables.percpu_base + c * m->tables.percpu_stride;
    i64 mine = bit(c);
    i64 ctx = m->state.cur[c];
    i64 *regs = m->state.regs + ctx * REGS;
    i64 pc = m->state.pc[ctx];
    i64 account = m->tables.ctx_acct[ctx];
    i64 clock = cpu->clock;
    i64 left = budget;
    i64 at = account, since = clock, last = 0;
    Exit x = {0};

    while (left > 0) {
        i = &code[pc];
        if (RARE(clock > shared) && (clock > local || i->flags & F_SHARED))
            break;
        last = pc++;
        i64 now = i->acct ? i->acct : account;
        if (RARE(now != at)) { /* time is booked when the account changes */
            accounts[at] += clock - since;
            since = clock;
            at = now;
        }
        switch (i->op) {
#include "clauses.h"
        default:
            __builtin_unreachable();
        }
        clock += i->cost;
        left--;
        continue;

    charge_and_stop:
        clock += i->cost;
        left--;
        break;

    failed:
        x.stop = Stop_FINDING;
    stop_now:
        break;
    }
    accounts[at] += clock - since;
    cpu->acct = (uint8_t)at;
    x.pc = pc;
    x.last = last;
    x.ctx = ctx;
    x.clock = clock;
    x.acct = account;
    ended(m, cpu, c, &x, budget - left);
}

#endif
