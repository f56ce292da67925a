/* The clauses of the instructions, in the order of the table. Included inside the switch of `step`. */

case OP_NOP: break;
case OP_MOV: DST = B; break;
case OP_ADD: DST = wadd(A, B); break;
case OP_SUB: DST = wsub(A, B); break;
case OP_MUL: DST = wmul(A, B); break;
case OP_DIV: {
    i64 by = B;
    if (RARE(by == 0))
        FAIL(Finding_DIVIDE, 0, 0);
    DST = by == -1 ? wsub(0, A) : floor_div(A, by);
    break;
}
case OP_MOD: {
    i64 by = B;
    if (RARE(by == 0))
        FAIL(Finding_DIVIDE, 0, 0);
    DST = by == -1 ? 0 : floor_mod(A, by);
    break;
}
case OP_AND: DST = A & B; break;
case OP_OR: DST = A | B; break;
case OP_XOR: DST = A ^ B; break;
case OP_SHL: DST = (i64)((u64)A << (B & 63)); break;
case OP_SHR: DST = A >> (B & 63); break;
case OP_USHR: DST = ushr(A, B & 63); break;
case OP_BSET: DST = A | (i64)(1ull << (B & 63)); break;
case OP_BCLR: DST = A & ~(i64)(1ull << (B & 63)); break;
case OP_BINV: DST = A ^ (i64)(1ull << (B & 63)); break;
case OP_MIN: DST = min64(A, B); break;
case OP_MAX: DST = max64(A, B); break;
case OP_SEQ: DST = A == B; break;
case OP_SNE: DST = A != B; break;
case OP_SLT: DST = A < B; break;
case OP_SLE: DST = A <= B; break;
case OP_SGT: DST = A > B; break;
case OP_SGE: DST = A >= B; break;
case OP_SEL: DST = A ? RB : RC; break;
case OP_FLS: DST = fls(A); break;
case OP_CTZ: DST = ctz(A); break;
case OP_POPC: DST = popcount(A); break;

case OP_JMP: pc = i->t; break;
case OP_BEQ: BRANCH_IF(A == B); break;
case OP_BNE: BRANCH_IF(A != B); break;
case OP_BLT: BRANCH_IF(A < B); break;
case OP_BLE: BRANCH_IF(A <= B); break;
case OP_BGT: BRANCH_IF(A > B); break;
case OP_BGE: BRANCH_IF(A >= B); break;
case OP_BANY: BRANCH_IF((A & B) != 0); break;
case OP_BNONE: BRANCH_IF((A & B) == 0); break;
case OP_CALL: DST = pc; pc = i->t; break;
case OP_CALLR: {
    i64 number = A;
    if (RARE(number <= 0 || number >= FUNCS))
        FAIL(Finding_BAD_FUNCTION, number, 0);
    DST = pc;
    pc = m->tables.func_pc[number];
    break;
}
case OP_RET: pc = A; break;

case OP_LD: { i64 address = BASE; READ(address); break; }
case OP_LDX: { i64 address = INDEXED; READ(address); break; }
case OP_ST: {
    i64 address = BASE, value = N;
    FIT(value);
    OWN(address);
    mem[address] = value;
    WRITTEN();
    break;
}
case OP_STX: {
    i64 address = INDEXED, value = RC;
    FIT(value);
    OWN(address);
    mem[address] = value;
    WRITTEN();
    break;
}
case OP_LDP: { i64 address = PRIVATE; MAPPED(address); DST = mem[address]; break; }
case OP_STP: {
    i64 address = PRIVATE, value = N;
    FIT(value);
    MAPPED(address);
    mem[address] = value;
    break;
}
case OP_CAS: case OP_CASU: { i64 address = BASE; OWN(address); COMPARE_AND_SWAP(address); WRITTEN(); break; }
case OP_SWAP: case OP_SWAPU: { i64 address = BASE; OWN(address); EXCHANGE(address); WRITTEN(); break; }
case OP_FADD: case OP_FADDU: { i64 address = BASE; OWN(address); ADD_TO(address); WRITTEN(); break; }
case OP_CASP: { i64 address = PRIVATE; MAPPED(address); COMPARE_AND_SWAP(address); break; }
case OP_SWAPP: { i64 address = PRIVATE; MAPPED(address); EXCHANGE(address); break; }
case OP_FADDP: { i64 address = PRIVATE; MAPPED(address); ADD_TO(address); break; }
case OP_CAS2P: {
    i64 address = pb + i->imm;
    MAPPED(address + 1);
    bool same = mem[address] == RB && mem[address + 1] == RC;
    if (same)
        mem[address] = regs[i->t];
    DST = same;
    break;
}
case OP_FENCE: break;
case OP_SPIN:
    if (A) {
        x.stop = Stop_PARK;
        x.arg = i->imm;
        x.arg2 = pc - i->t;
        pc = i->t;
        goto stop_now;
    }
    cpu->n_watch = 0;
    clock += m->tables.spin_exit;
    RECHECK();
    break;
case OP_LDW: { i64 address = BASE; watch_line(cpu, address >> ADDRESS_SHIFT); READ(address); break; }
case OP_LDXW: { i64 address = INDEXED; watch_line(cpu, address >> ADDRESS_SHIFT); READ(address); break; }

case OP_IRQOFF:
    if (i->dst != NOREG)
        DST = m->state.iflag[c];
    m->state.iflag[c] = 0;
    break;
case OP_IRQON: m->state.iflag[c] = 1; RECHECK(); break;
case OP_IRQSET: m->state.iflag[c] = A != 0; RECHECK(); break;
case OP_SETLVL: {
    i64 level = B;
    if (RARE(level < 0 || level > 255))
        FAIL(Finding_BAD_OPERAND, level, 0);
    m->state.level[c] = (uint8_t)level;
    trace(m, clock, c, Event_LEVEL, level, 0);
    RECHECK();
    break;
}
case OP_SWITCH: case OP_SWITCHX: {
    i64 next = A;
    USABLE(next);
    if (RARE(m->state.status[next] != IN_USE || (m->state.runs_on[next] >= 0 && next != ctx)))
        FAIL(Finding_BAD_SWITCH, next, m->state.status[next]);
    SUSPEND();
    m->state.status[ctx] = i->op == OP_SWITCH ? IN_USE : FREE;
    trace(m, clock, c, Event_SWITCH, ctx, next);
    RESUME(next);
    break;
}
case OP_ENTER: case OP_BECOME: {
    i64 frame = A, function = B, argument = RC, old = ctx;
    bool becomes = i->op == OP_BECOME;
    USABLE(frame);
    if (RARE(m->state.status[frame] != FREE && !(becomes && frame == ctx)))
        FAIL(Finding_BUSY_FRAME, frame, 0);
    m->state.saved_if[frame] = becomes ? m->state.saved_if[ctx] : m->state.iflag[c];
    if (RARE(function <= 0 || function >= FUNCS))
        FAIL(Finding_BAD_FUNCTION, function, 0);
    SUSPEND();
    m->state.below[frame] = becomes ? m->state.below[ctx] : (int16_t)ctx;
    m->state.status[frame] = IN_USE;
    m->state.pc[frame] = m->tables.func_pc[function];
    m->state.regs[frame * REGS] = argument;
    m->beside.work_left[frame] = -1;
    trace(m, clock, c, Event_ENTER, frame, function);
    RESUME(frame);
    if (becomes && frame != old) {
        m->state.status[old] = FREE;
        m->state.below[old] = -1;
    }
    break;
}
case OP_LEAVE: {
    i64 below = m->state.below[ctx], old = ctx;
    if (RARE(below < 0))
        FAIL(Finding_NO_BELOW, ctx, 0);
    SUSPEND();
    m->state.status[old] = FREE;
    m->state.below[old] = -1;
    m->state.iflag[c] = m->state.saved_if[old];
    trace(m, clock, c, Event_LEAVE, old, below);
    RESUME(below);
    RECHECK();
    break;
}
case OP_DETACH: DST = m->state.below[ctx]; m->state.below[ctx] = -1; break;
case OP_BELOW: DST = m->state.below[ctx]; break;
case OP_SELF: DST = ctx; break;
case OP_CPU: DST = c; break;
case OP_RDPC: { i64 frame = A; USABLE(frame); DST = m->state.pc[frame]; break; }
case OP_WRPC: { i64 frame = A; USABLE(frame); m->state.pc[frame] = (int32_t)RB; break; }
case OP_HALT:
    m->state.iflag[c] = 1;
    m->state.halted[c] = 1;
    x.stop = Stop_HALT;
    goto stop_now;
case OP_ASSERT:
    if (RARE(!A))
        FAIL(Finding_ASSERT, i->imm, 0);
    break;
case OP_AEQ: CLAIM(A == B); break;
case OP_ANE: CLAIM(A != B); break;
case OP_AANY: CLAIM((A & B) != 0); break;
case OP_ANONE: CLAIM((A & B) == 0); break;
case OP_ALT: CLAIM(A < B); break;
case OP_ALE: CLAIM(A <= B); break;
case OP_AGT: CLAIM(A > B); break;
case OP_AGE: CLAIM(A >= B); break;
case OP_PANIC: FAIL(Finding_PANIC, i->imm, 0);

case OP_MASK: {
    i64 irq = A;
    KNOWN(irq);
    set_mask(m, irq, 1, c, clock);
    trace(m, clock, c, Event_MASK, irq, 0);
    HEARD(irq);
    break;
}
case OP_UNMASK: {
    i64 irq = A;
    KNOWN(irq);
    set_mask(m, irq, 0, c, clock);
    trace(m, clock, c, Event_UNMASK, irq, 0);
    LOOK_AROUND();
}
case OP_EOI: {
    i64 irq = A;
    KNOWN(irq);
    end_of_interrupt(m, irq, c, clock);
    trace(m, clock, c, Event_EOI, irq, 0);
    HEARD(irq);
    RECHECK();
    break;
}
case OP_ROUTE: {
    i64 irq = A, target = RB;
    if (RARE(target < 0 || target >= m->tables.n_cpus))
        FAIL(Finding_BAD_OPERAND, target, 0);
    KNOWN(irq);
    reroute(m, irq, target, clock);
    LOOK_AROUND();
}
case OP_RETRIG: {
    i64 irq = A;
    KNOWN(irq);
    retrigger(m, irq, c, clock);
    LOOK_AROUND();
}
case OP_IRQPEND:
    DST = best(m, c) >= 0;
    break;
case OP_IPI: {
    i64 target = A, vector = RB;
    if (RARE(target < 0 || target >= m->tables.n_cpus || vector < 0 || vector >= VECTORS))
        FAIL(Finding_BAD_OPERAND, target, vector);
    i64 irq = m->tables.ipi_base + target * VECTORS + vector;
    if (target == c) {
        raise_irq(m, irq, 1, clock);
        refresh(m, irq);
    } else if (m->beside.ev_time[DEVS + irq] < 0) {
        schedule(m, DEVS + irq, clock + m->tables.transfer[Transfer_IPI]);
    }
    trace(m, clock, c, Event_IPI, target, vector);
    LOOK_AROUND();
}
case OP_DEVRD: {
    i64 dev = A;
    if (RARE(dev < 0 || dev >= DEVS))
        FAIL(Finding_BAD_OPERAND, dev, 0);
    if (i->imm == DevReg_POP) {
        DST = take(m, dev, c, clock);
        if (m->beside.devices[dev].irq >= 0)
            HEARD(m->beside.devices[dev].irq);
    } else {
        DST = i->imm == DevReg_COUNT ? m->state.dev_count[dev] : m->state.dev_enable[dev];
    }
    break;
}
case OP_DEVWR: {
    i64 dev = A;
    if (RARE(dev < 0 || dev >= DEVS))
        FAIL(Finding_BAD_OPERAND, dev, 0);
    if (RARE(i->imm == DevReg_SUBMIT && m->beside.devices[dev].kind < Kind_CLOSED))
        FAIL(Finding_BAD_OPERAND, dev, i->imm);
    device_write(m, dev, i->imm, RB, c, clock);
    LOOK_AROUND();
}
case OP_WORK:
    x.arg = m->beside.work_left[ctx] < 0 ? B : m->beside.work_left[ctx];
    x.arg2 = i->acct ? i->acct : account;
    if (RARE(x.arg < 0))
        FAIL(Finding_BAD_OPERAND, x.arg, 0);
    pc--;
    x.stop = Stop_WORK;
    goto stop_now;
case OP_DRAW: {
    bool keyed = i->a != NOREG;
    DST = drawn(m, ctx, i->imm, i->t, keyed, keyed ? A : 0, i->b == NOREG ? -1 : RB);
    break;
}
case OP_CHOOSE:
    DST = umulh(hash3(m->tables.seed, CHOICE_SOURCE, m->beside.choices++, 0), A);
    break;
case OP_STAMP: {
    i64 slot = A;
    if (RARE(slot < 0 || slot >= STAMPS))
        FAIL(Finding_BAD_OPERAND, slot, 0);
    m->beside.stamps[slot] = clock;
    break;
}
case OP_ELAPSED: {
    i64 slot = A;
    if (RARE(slot < 0 || slot >= STAMPS))
        FAIL(Finding_BAD_OPERAND, slot, 0);
    DST = clock - m->beside.stamps[slot] >= B;
    break;
}
case OP_MARK: {
    i64 a = A, b = N;
    if (RARE(!marked(m, c, clock, i->imm, a, b, i->flags & F_NUM)))
        FAIL(Finding_IN_FLIGHT, a, b);
    break;
}
case OP_STAT: m->beside.stats[i->imm] += N; break;
