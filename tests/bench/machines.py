"""Random machines: loaded buffers whose programs touch every instruction, mostly without breaking a rule.

Every CPU has a trap context, two threads that switch to each other, and a frame for deferred work. Programs are loops
of random pieces; interrupt handlers pop items and report them done.
"""

from __future__ import annotations

import random
from array import array

from splx.lang.buffer import Buffer
from splx.lang.sizes import Sizes
from splx.machine.constants import F_IMM, F_NUM, F_OWN, F_SHARED, F_SPIN, FREE, IN_USE, NOREG, DevReg, Kind, Mark, Mode
from splx.machine.costs import Account
from splx.machine.dash import formed
from splx.machine.dist import LOG_BITS
from splx.machine.state import BUCKETS, VECTORS, Machine
from splx.machine.table import ROWS

CPUS, REGS, WORDS, IRQS, DEVS, ITEMS, SOURCES, CODE, STATS = 4, 32, 1024, 64, 8, 16, 16, 2048, 8
SIZES = Sizes(
    CPUS=CPUS, CTXS=24, REGS=REGS, REGFILE=24 * REGS, WORDS=WORDS, LINES=WORDS // 8, IRQS=IRQS, IRQ_WORDS=1,
    CPU_IRQ_WORDS=CPUS, DEVS=DEVS, ITEMS=ITEMS, DEV_ITEMS=DEVS * ITEMS, SOURCES=SOURCES, HISTS=SOURCES * 2 * BUCKETS,
    EVENTS=DEVS + IRQS, CODE=CODE, FUNCS=8, DISTS=4, STATS=STATS, DRAWS=64, STAMPS=8, CPU_ACCOUNTS=CPUS * 16,
    COVER=0,
)  # fmt: skip
IPI_BASE = DEVS
LOG_WORDS = 5 * ((1 << 17) + 4096)
SHARED = 128  # words the programs share; per-CPU blocks follow
HANDLER, LEAF, DEFERRED = 1, 2, 3  # functions
DATA = range(1, 12)  # registers the pieces compute with
LINK, IRQ, DEV, ITEM = 30, 0, 20, 21
ARITHMETIC = [
    "MOV", "ADD", "SUB", "MUL", "DIV", "MOD", "AND", "OR", "XOR", "SHL", "SHR", "USHR", "MIN", "MAX",
    "SEQ", "SNE", "SLT", "SLE", "SGT", "SGE", "BSET", "BCLR", "BINV",
]  # fmt: skip
OPEN = (Kind.NONE, Kind.PERIODIC, Kind.POISSON, Kind.BURST, Kind.RECORDED)
CLOSED = DEVS - 2  # the first device that is a closed loop


class Program:
    """Code under construction, with costs drawn for every instruction."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.free = rng.random() < 0.3  # as on `ideal`
        self.rows: list[tuple[int, ...]] = []

    @property
    def here(self) -> int:
        return len(self.rows)

    def emit(
        self, op, *, imm=0, dst=0, a=0, b=0, c=0, t=0, immediate=False, spin=False, own=False, number=False, cost=None
    ):
        """Append an instruction; returns its place."""
        flags = (F_IMM if immediate else 0) | (F_SHARED if ROWS[op].shared else 0) | (F_SPIN if spin else 0)
        flags |= (F_OWN if own else 0) | (F_NUM if number else 0)
        if cost is None:
            cost = 0 if self.free else self.rng.randrange(0, 3000)
        account = self.rng.choice([0, 0, int(Account.LOCK), int(Account.SCHED)])
        self.rows.append((imm, cost, ROWS[op].code, flags, account, 0, t, dst, a, b, c))
        return self.here - 1

    def land(self, at):
        """Let the jump at `at` come here."""
        self.rows[at] = (*self.rows[at][:6], self.here, *self.rows[at][7:])


def piece(p: Program, cpu: int, partner: int) -> None:
    """A few instructions that leave the machine fit for more."""
    rng = p.rng
    any_register = rng.choice(DATA)
    kinds = {
        arithmetic: 10, access: 10, atomic: 5, skip: 4, call: 2, time: 3, interrupts: 3, spin: 1, switch: 1, control: 2,
        statistics: 2, frame: 1,
    }  # fmt: skip
    rng.choices(list(kinds), list(kinds.values()))[0](p, cpu, partner, any_register)


def arithmetic(p, cpu, partner, r):
    rng = p.rng
    op = rng.choice(ARITHMETIC)
    imm = rng.choice([-1, 1, 2, 3, 7, -5, 1 << 40])
    immediate = op in ("DIV", "MOD") or rng.random() < 0.5
    p.emit(op, dst=rng.choice(DATA), a=r, b=rng.choice(DATA), imm=imm, immediate=immediate)
    p.emit(rng.choice(["SEL", "FLS", "CTZ", "POPC", "NOP", "FENCE", "CPU", "SELF", "BELOW"]),
           dst=rng.choice(DATA), a=r, b=rng.choice(DATA), c=rng.choice(DATA))  # fmt: skip


def access(p, cpu, partner, r):
    rng = p.rng
    word = rng.randrange(8, SHARED)
    p.emit("AND", dst=12, a=r, imm=63, immediate=True)
    match rng.randrange(6):
        case 0:
            own = rng.random() < 0.5
            p.emit("LD", dst=r, a=NOREG, imm=word % 8 if own else word, own=own)
        case 1:
            p.emit("LDX", dst=r, a=12, b=13, imm=8)
        case 2:
            own = rng.random() < 0.5
            p.emit("ST", a=NOREG, imm=word % 8 if own else word, b=r, own=own)
        case 3:
            p.emit("STX", a=12, b=13, imm=8, c=12, t=rng.choice([0, 6, 8, -8]))
        case 4:
            p.emit("LDP", dst=r, a=rng.choice([NOREG, 12]), imm=rng.randrange(8))
        case 5:
            p.emit("STP", b=12, a=NOREG, imm=rng.randrange(8), t=rng.choice([0, 8]))


def atomic(p, cpu, partner, r):
    rng = p.rng
    op = rng.choice(["CAS", "SWAP", "FADD", "CASU", "SWAPU", "FADDU", "CASP", "SWAPP", "FADDP", "CAS2P"])
    imm = rng.randrange(8) if op.endswith("P") and op != "SWAP" else rng.randrange(8, SHARED)
    p.emit(op, dst=r, a=NOREG, imm=imm, b=rng.choice(DATA), c=rng.choice(DATA), t=5 if op == "CAS2P" else 0,
           number=op != "CAS2P" and rng.random() < 0.5)  # fmt: skip


def skip(p, cpu, partner, r):
    rng = p.rng
    op = rng.choice(["BEQ", "BNE", "BLT", "BLE", "BGT", "BGE", "BANY", "BNONE", "JMP"])
    jump = p.emit(op, a=r, b=rng.choice(DATA), imm=rng.randrange(-2, 3), immediate=rng.random() < 0.5)
    arithmetic(p, cpu, partner, r)
    p.land(jump)


def call(p, cpu, partner, r):
    if p.rng.random() < 0.5:
        p.emit("CALL", dst=LINK, t=2)  # the leaf stands there
    else:
        p.emit("MOV", dst=14, imm=LEAF, immediate=True)
        p.emit("CALLR", dst=LINK, a=14)


def time(p, cpu, partner, r):
    rng = p.rng
    match rng.randrange(5):
        case 0:
            p.emit("WORK", imm=rng.choice([0, 1, 5000, 70000]), immediate=True)
        case 1:
            p.emit("DRAW", dst=15, imm=rng.randrange(3), a=rng.choice([NOREG, r]), b=NOREG, t=32 + cpu)
            p.emit("WORK", b=15)
        case 2:
            p.emit("MOV", dst=15, imm=rng.randrange(8), immediate=True)
            p.emit("STAMP", a=15)
        case 3:
            p.emit("MOV", dst=15, imm=rng.randrange(8), immediate=True)
            p.emit("ELAPSED", dst=r, a=15, imm=20000, immediate=True)
        case 4:
            p.emit("MOV", dst=15, imm=5, immediate=True)
            p.emit("CHOOSE", dst=r, a=15)


def interrupts(p, cpu, partner, r):
    rng = p.rng
    match rng.randrange(5):
        case 0:
            p.emit("IRQOFF", dst=rng.choice([NOREG, 16]))
            arithmetic(p, cpu, partner, r)
            p.emit("IRQON")
        case 1:
            p.emit("IRQOFF", dst=16)
            p.emit("IRQSET", a=16)
        case 2:
            p.emit("SETLVL", imm=rng.choice([0, 0, 3]), immediate=True)
        case 3:
            p.emit("HALT")
        case 4:
            p.emit("MOV", dst=17, imm=rng.randrange(CPUS), immediate=True)
            p.emit("MOV", dst=18, imm=rng.randrange(VECTORS - 1), immediate=True)
            p.emit("IPI", a=17, b=18)


def spin(p, cpu, partner, r):
    """Wait until a shared word or a second one is no longer what it was; another CPU's next store ends it."""
    word = p.rng.choice([8, 16, 24])
    p.emit("LD", dst=12, a=NOREG, imm=word)
    start = p.here
    p.emit("LDW", dst=13, a=NOREG, imm=word, spin=True)
    p.emit("LDXW", dst=14, a=19, b=19, imm=p.rng.choice([8, 32]), spin=True)
    p.emit("SEQ", dst=13, a=13, b=12, spin=True)
    period = sum(row[5] for row in p.rows[start:])
    pause = 0 if p.free else 500
    p.emit("SPIN", a=13, t=start, imm=period + pause, spin=True, cost=pause)
    p.emit("MOV", dst=13, imm=0, immediate=True)


def switch(p, cpu, partner, r):
    p.emit("MOV", dst=14, imm=partner, immediate=True)
    p.emit("SWITCH", a=14)


def control(p, cpu, partner, r):
    rng = p.rng
    p.emit("MOV", dst=DEV, imm=rng.randrange(DEVS), immediate=True)
    match rng.randrange(6):
        case 0:
            p.emit("MASK", a=DEV)
        case 1:
            p.emit("UNMASK", a=DEV)
        case 2:
            p.emit("MOV", dst=22, imm=rng.randrange(CPUS), immediate=True)
            p.emit("ROUTE", a=DEV, b=22)
        case 3:
            p.emit("DEVRD", dst=r, a=DEV, imm=rng.choice([DevReg.COUNT, DevReg.ENABLE]))
        case 4:
            p.emit("DEVWR", a=DEV, b=13, imm=rng.choice([DevReg.ENABLE, DevReg.ACK]))
        case 5:
            p.emit("IRQPEND", dst=r)


def statistics(p, cpu, partner, r):
    rng = p.rng
    p.emit("STAT", imm=rng.randrange(STATS), b=0xFFFE, number=True)
    op, imm = rng.choice([("ALT", 62), ("ALE", 62), ("ANE", 61), ("AGT", -62), ("AGE", -62)])
    p.emit(op, a=r, imm=(1 << imm) if imm > 0 else -(1 << -imm), immediate=True, t=3)
    p.emit("MOV", dst=23, imm=DEVS + cpu, immediate=True)
    p.emit("MARK", imm=rng.choice([Mark.USER, Mark.WAKE, Mark.RUN, Mark.HELD]), a=23, b=r)
    p.emit("MOV", dst=23, imm=1, immediate=True)
    p.emit("ASSERT", a=23, imm=3)
    p.emit("AEQ", a=23, imm=1, immediate=True, t=4)
    p.emit("AANY", a=23, imm=3, immediate=True, t=4)
    p.emit("ANONE", a=23, imm=6, immediate=True, t=4)


def frame(p, cpu, partner, r):
    """Deferred work on top of the thread. The frame may be in use by the partner: then it is left alone."""
    p.emit("IRQOFF", dst=16)
    p.emit("MOV", dst=14, imm=deferred(cpu), immediate=True)
    p.emit("CASP", dst=15, a=NOREG, imm=10, b=24, c=25)
    jump = p.emit("BEQ", a=15, imm=0, immediate=True)
    p.emit("ENTER", a=14, imm=DEFERRED, immediate=True, c=r)
    p.emit("STP", a=NOREG, imm=10, b=24)
    p.land(jump)
    p.emit("IRQSET", a=16)


def trap(cpu):
    return cpu


def threads(cpu):
    return CPUS + 2 * cpu, CPUS + 2 * cpu + 1


def deferred(cpu):
    return 3 * CPUS + cpu


def common_functions(p: Program) -> dict[int, int]:
    """The leaf, the deferred work and the interrupt handler; where each starts."""
    starts = {}
    p.emit("NOP")
    p.emit("NOP")
    starts[LEAF] = p.here
    p.emit("ADD", dst=2, a=3, imm=1, immediate=True)
    p.emit("RET", a=LINK)
    starts[DEFERRED] = p.here
    p.emit("WORK", imm=4000, immediate=True)
    p.emit("MOV", dst=1, imm=deferred(0), immediate=True)
    p.emit("SELF", dst=2)
    jump = p.emit("BNE", a=0, imm=7, immediate=True)
    p.emit("BECOME", a=2, imm=DEFERRED, immediate=True, c=2)
    p.land(jump)
    p.emit("LEAVE")
    starts[HANDLER] = p.here
    handler(p)
    return starts


def handler(p: Program) -> None:
    """Serve the irq in register 0: pop everything from its device, then end of interrupt and leave."""
    soft = p.emit("BGE", a=IRQ, imm=DEVS, immediate=True)
    p.emit("MARK", imm=Mark.START, a=IRQ, b=IRQ)
    loop = p.here
    p.emit("DEVRD", dst=ITEM, a=IRQ, imm=DevReg.POP)
    out = p.emit("BEQ", a=ITEM, imm=0, immediate=True)
    p.emit("DRAW", dst=15, imm=1, a=ITEM, b=IRQ)
    p.emit("WORK", b=15)
    p.emit("MARK", imm=Mark.DONE, a=IRQ, b=ITEM)
    p.emit("JMP", t=loop)
    p.land(out)
    p.emit("MOV", dst=1, imm=0, immediate=True)
    p.emit("MARK", imm=Mark.DONE, a=IRQ, b=1)
    p.emit("DEVWR", a=IRQ, b=IRQ, imm=DevReg.ACK)
    jump = p.emit("BLT", a=IRQ, imm=CLOSED, immediate=True)
    p.emit("DEVWR", a=IRQ, b=IRQ, imm=DevReg.SUBMIT)
    p.land(jump)
    p.land(soft)
    p.emit("EOI", a=IRQ)
    p.emit("LEAVE")


def machine(seed: int, *, run_ahead: bool = True, park: bool = True, trace: bool = False) -> Buffer[Machine]:
    """A loaded machine."""
    rng = random.Random(seed)
    p = Program(rng)
    buffer = Buffer(Machine, SIZES)
    m = buffer.view()
    starts = common_functions(p)
    for number, at in starts.items():
        m.tables.func_pc[number] = at
    m.tables.vector_pc = starts[HANDLER]
    for cpu in range(CPUS):
        load_cpu(m, p, cpu)
    found = formed(p.rows, starts.values(), rng.choice([1000, 1 << 40]), 64)
    buffer.fill("tables.code", found.rows)
    buffer.array("tables.forms")[: len(p.rows)] = array("B", found.forms)
    buffer.array("tables.entries")[: len(p.rows)] = array("B", found.entries)
    m.tables.quick_shift = found.quick_shift
    wire(m, rng)
    settings(m, rng, run_ahead=run_ahead, park=park, trace=trace)
    times = distributions(m)
    load_devices(m, rng, times)
    buffer.set_slice("times", array("q", times))
    buffer.set_slice("log", array("q", bytes(8 * LOG_WORDS)))
    m.beside.until = rng.choice([300_000, 3_000_000])
    return buffer


def load_cpu(m, p: Program, cpu: int) -> None:
    """The contexts of a CPU; its two threads run different loops, the first one now."""
    m.tables.trap[cpu] = trap(cpu)
    m.tables.ctx_acct[trap(cpu)] = Account.HANDLER
    m.tables.ctx_acct[deferred(cpu)] = Account.DEFERRED
    for ctx in (trap(cpu), deferred(cpu), *threads(cpu)):
        m.state.below[ctx] = m.state.runs_on[ctx] = -1
        m.state.status[ctx] = FREE
        m.beside.work_left[ctx] = -1
    for ctx in threads(cpu):
        m.tables.ctx_acct[ctx] = Account.THREAD
        m.tables.ctx_origin[ctx] = ctx
        m.state.status[ctx] = IN_USE
        m.state.regs[ctx * REGS + 25] = 1
        m.state.pc[ctx] = start = p.here
        partner = sum(threads(cpu)) - ctx
        for _ in range(p.rng.randrange(4, 25)):
            piece(p, cpu, partner)
        p.emit("WORK", imm=1000, immediate=True)
        p.emit("JMP", t=start)
    m.state.cur[cpu] = threads(cpu)[0]
    m.state.runs_on[threads(cpu)[0]] = cpu
    m.state.iflag[cpu] = 1
    m.beside.cpus[cpu].mode = Mode.RUN


def wire(m, rng: random.Random) -> None:
    """The controller: an irq per device, inter-processor irqs above."""
    m.tables.n_cpus, m.tables.n_irqs, m.tables.ipi_base = CPUS, IPI_BASE + CPUS * VECTORS, IPI_BASE
    order = list(range(m.tables.n_irqs))
    rng.shuffle(order)
    for rank, irq in enumerate(order):
        m.tables.rank[irq], m.tables.by_rank[rank] = rank, irq
        m.tables.irq_prio[irq] = 60 - rank // 2 if m.tables.n_irqs < 100 else 1
        m.state.service[irq] = -1
        m.tables.irq_dev[irq] = irq if irq < DEVS else -1
        m.tables.irq_edge[irq] = 1 if irq >= DEVS else rng.randrange(2)
        m.state.route[irq] = rng.randrange(CPUS) if irq < DEVS else (irq - IPI_BASE) // VECTORS


def settings(m, rng: random.Random, *, run_ahead: bool, park: bool, trace: bool) -> None:
    t = m.tables
    t.percpu_base, t.percpu_stride, t.words, t.regs = SHARED + 64, 64, WORDS, REGS
    t.seed, t.ties = rng.randrange(1 << 40), rng.randrange(3)
    for kind in range(4):
        t.transfer[kind] = rng.choice([0, 5000, 40000])
    t.trap_cost, t.gate_by_priority, t.edge_lost = rng.choice([0, 20000]), rng.randrange(2), rng.randrange(2)
    t.run_ahead, t.park, t.trace = int(run_ahead), int(park), int(trace)
    m.beside.steps_left = 1 << 40
    for k in range(len(m.beside.item_time)):
        m.beside.item_time[k] = -1
    for k in range(len(m.beside.ev_time)):
        m.beside.ev_time[k] = -1
    for k in range(SOURCES):
        m.beside.sources[k].woken = -1


def distributions(m) -> list[int]:
    """A table of logarithms as the loader makes one (any numbers do), then a constant and a table of quantiles."""
    times = [2977044472 - k * 2900000 for k in range((1 << LOG_BITS) + 1)]
    m.tables.dist_first[0], m.tables.dist_len[0] = len(times), 0
    times.append(6000)
    m.tables.dist_first[1], m.tables.dist_len[1] = len(times), 4
    times += [1000, 2000, 2500, 9000, 30000]
    m.tables.dist_mean[2] = 12000
    return times


def load_devices(m, rng: random.Random, times: list[int]) -> None:
    for k in range(DEVS):
        d = m.beside.devices[k]
        d.irq, d.kind, d.auto = k, Kind.CLOSED if k >= CLOSED else rng.choice(OPEN), rng.randrange(2)
        d.ring, d.period, d.offset = rng.choice([1, 4, 16]), rng.choice([40_000, 150_000]), rng.randrange(100_000)
        d.dist = 2 if d.kind == Kind.CLOSED else rng.choice([-1, 1])
        d.burst, d.gap, d.limit, d.source = 3, 4000, rng.choice([-1, 50]), k
        d.first, d.length, d.repeat = len(times), 3, rng.choice([0, 200_000])
        m.state.dev_enable[k] = 1
        if d.kind == Kind.RECORDED:
            times += [0, 5000, 150_000]
