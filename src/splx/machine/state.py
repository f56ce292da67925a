# size: one layout, read as one page; the fields are the documentation
"""What the machine consists of: the vector, what lies beside it, and the tables.

`State` is the vector: everything that decides what may happen next, and nothing else; the checker stores it.
`Beside` is what only the simulator needs: clocks, cache lines, accounts, statistics. `Tables` is the program and
the wiring, constant during a run. All three are one block of memory, so a snapshot is one copy.

Times are picoseconds. A cache line is 8 words. A line of the controller is an *irq* here, a cache line a *line*.
"""

from __future__ import annotations

from splx.lang.struct import Array, Size, Slice, Struct, array
from splx.lang.types import i8, i16, i32, i64, u8, u16

CPUS = Size("CPUS")
CTXS = Size("CTXS")
REGS = Size("REGS")  # registers of one context
REGFILE = Size("REGFILE")  # CTXS * REGS
WORDS = Size("WORDS")
LINES = Size("LINES")  # WORDS / 8
IRQS = Size("IRQS")  # device irqs and CPUS * VECTORS inter-processor ones
IRQ_WORDS = Size("IRQ_WORDS")  # IRQS / 64, rounded up
CPU_IRQ_WORDS = Size("CPU_IRQ_WORDS")  # CPUS * IRQ_WORDS
DEVS = Size("DEVS")
ITEMS = Size("ITEMS")  # items of a device that are timed at once, a power of two
DEV_ITEMS = Size("DEV_ITEMS")  # DEVS * ITEMS
SOURCES = Size("SOURCES")  # what latencies are kept of: devices first, then threads
HISTS = Size("HISTS")  # SOURCES * 2 * BUCKETS
EVENTS = Size("EVENTS")  # DEVS + IRQS: the next arrival of a device; a change of an irq that is under way
CODE = Size("CODE")
FUNCS = Size("FUNCS")
DISTS = Size("DISTS")
STATS = Size("STATS")
DRAWS = Size("DRAWS")
STAMPS = Size("STAMPS")
CPU_ACCOUNTS = Size("CPU_ACCOUNTS")  # CPUS * ACCOUNTS

VECTORS = 8  # inter-processor vectors per CPU
BUCKETS = 4096  # of one latency histogram: 64 to the octave
WATCH = 8  # cache lines one spinning CPU can watch


class Insn(Struct):
    """One instruction, 32 bytes. Fields a row does not name are zero."""

    imm: i64
    cost: i64  # picoseconds, baked from the cost model
    op: u8
    flags: u8
    acct: u8
    quick: u8  # the quick form to enter it by: its own, or one that looks at the account first
    t: i32  # branch target, or bits of a checked store
    dst: u16
    a: u16
    b: u16
    c: u16


class State(Struct):
    """The vector. Two runs in equal states can do the same things next."""

    mem: Array[i64] = array(WORDS)
    regs: Array[i64] = array(REGFILE)
    # contexts
    pc: Array[i32] = array(CTXS)
    below: Array[i16] = array(CTXS)  # the context this one sits on, -1 none
    status: Array[u8] = array(CTXS)  # FREE, or IN_USE
    runs_on: Array[i8] = array(CTXS)  # the CPU whose current context this is, -1 none
    saved_if: Array[u8] = array(CTXS)  # interrupt flag to restore on leave
    # CPUs
    cur: Array[i16] = array(CPUS)
    iflag: Array[u8] = array(CPUS)
    level: Array[u8] = array(CPUS)  # irqs of this priority or less are not accepted
    halted: Array[u8] = array(CPUS)
    # the controller
    wire: Array[u8] = array(IRQS)  # level-triggered: a bit for each device on it that asserts
    latch: Array[u8] = array(IRQS)  # edge-triggered: remembered by the controller
    masked: Array[u8] = array(IRQS)
    service: Array[i8] = array(IRQS)  # in service on that CPU, -1 not
    left: Array[i8] = array(IRQS)  # an edge that was routed away: in service there, too, -1 not
    route: Array[i8] = array(IRQS)
    # devices
    dev_enable: Array[u8] = array(DEVS)
    dev_count: Array[i32] = array(DEVS)  # items in the ring
    dev_head: Array[i64] = array(DEVS)  # number of the next item to pop, from 0


class Cpu(Struct):
    """What the simulator keeps of one CPU."""

    clock: i64
    begin: i64  # when the present work, halt or spin began
    period: i64  # of one spin iteration
    insns: i64  # executed, spin iterations included
    still: i64  # instructions since the clock last moved
    last: i32  # program counter of the last instruction executed
    mode: u8  # RUN, WORK, PARKED, HALTED
    acct: u8  # account of the present work or spin
    deliver: u8  # some irq routed here may be deliverable
    deaf: u8  # the present spin iteration began before an interrupt was due: sampled at its end
    spin_len: i32  # instructions of one spin iteration
    n_watch: i32
    watch: Array[i32] = array(WATCH)


class Device(Struct):
    """A device: its arrivals, its ring, its irq, and what became of its items."""

    # wiring
    irq: i32
    pin: i32  # its bit on the wire of its irq
    next: i32  # the next device on the same irq, -1 none
    kind: u8  # PERIODIC, POISSON, BURST, RECORDED, CLOSED, NONE
    auto: u8  # an item needs no pop: arrival is the whole message (clocks)
    ring: i32  # capacity
    period: i64  # mean or exact time between arrivals
    offset: i64
    dist: i32  # jitter, or service time of a closed loop; -1 none
    burst: i32  # arrivals per burst
    gap: i64  # between arrivals of a burst
    first: i64  # recorded: index of the first time in `times`
    length: i64
    repeat: i64  # recorded: length of one round; 0 no repeat
    limit: i64  # arrivals in all; -1 no limit
    source: i64  # key of its draws
    deadline: i64  # of an item, from its arrival to its completion; 0 none
    # progress
    arrived: i64
    accepted: i64
    dropped: i64
    done: i64
    started: i64  # items below this number have been seen by a handler
    oldest: i64  # items below this number are done
    irqs: i64  # interrupts accepted
    lost: i64  # edges that a masked controller input dropped
    asserted: i64  # when the wire or latch last rose
    waiting: i64  # closed loop: requests submitted and not complete
    last: i64  # time of the last arrival
    missed: i64  # items done after their deadline
    untimed: i64  # outstanding items whose record a later one has taken
    unmeasured: i64  # items done whose latency is not known, for that reason
    held: i64  # interrupts that the kernel put off
    held_time: i64  # from then to the start of a handler, in all
    held_since: i64  # 1 + the time of the first that is put off still; 0 none is


class Source(Struct):
    """Latency samples of one source: [0] to start, [1] to completion."""

    count: Array[i64] = array(2)
    total: Array[i64] = array(2)
    total_hi: Array[i64] = array(2)
    least: Array[i64] = array(2)
    most: Array[i64] = array(2)
    woken: i64  # a thread: when it was last made runnable, -1 not


class Beside(Struct):
    """Clocks, cache lines, statistics: nothing here decides what may happen, only when and how much."""

    cpus: Array[Cpu] = array(CPUS)
    work_left: Array[i64] = array(CTXS)  # -1 none in progress
    share: Array[i64] = array(LINES)  # bit per CPU that has the line; one bit alone owns it
    watched: Array[i64] = array(LINES)  # bit per parked CPU that watches it
    pending: Array[i64] = array(CPU_IRQ_WORDS)  # by rank: deliverable but for flag, level and service
    serving: Array[i64] = array(CPU_IRQ_WORDS)  # by rank: in service here
    devices: Array[Device] = array(DEVS)
    item_time: Array[i64] = array(DEV_ITEMS)  # when accepted; -1 free
    item_arrival: Array[i64] = array(DEV_ITEMS)  # arrival number
    sources: Array[Source] = array(SOURCES)
    hist: Array[i64] = array(HISTS)
    stats: Array[i64] = array(STATS)
    draws: Array[i64] = array(DRAWS)
    stamps: Array[i64] = array(STAMPS)
    acct: Array[i64] = array(CPU_ACCOUNTS)
    # the event queue: a binary heap of slots, ordered by time, then rank, then slot
    ev_time: Array[i64] = array(EVENTS)  # -1 not queued
    ev_rank: Array[i64] = array(EVENTS)
    heap: Array[i32] = array(EVENTS)
    where: Array[i32] = array(EVENTS)  # place of a slot in the heap
    n_events: i32
    # the run
    now: i64
    until: i64
    steps_left: i64
    choices: i64
    n_trace: i64
    ran: i32  # the CPU of the last slice
    finding: i32  # 0 none, else a Finding
    find_cpu: i32
    find_pc: i32
    find_ctx: i32
    find_a: i64
    find_b: i64


class Tables(Struct):
    """The program, the wiring and the costs."""

    code: Array[Insn] = array(CODE)
    forms: Array[u8] = array(CODE)  # the quick form of each instruction, 0 none
    entries: Array[u8] = array(CODE)  # the one to enter it by from anywhere: its own, or one that looks at the account
    func_pc: Array[i32] = array(FUNCS)
    trap: Array[i16] = array(CPUS)  # the context in which a CPU takes interrupts
    ctx_acct: Array[u8] = array(CTXS)
    ctx_origin: Array[i32] = array(CTXS)  # whose draws it makes: index of a counter, 0 by call site
    vector_pc: i32
    irq_edge: Array[u8] = array(IRQS)
    irq_prio: Array[u8] = array(IRQS)
    irq_dev: Array[i16] = array(IRQS)  # the first device on it; -1 inter-processor
    rank: Array[i16] = array(IRQS)  # 0 is served first
    by_rank: Array[i16] = array(IRQS)
    n_cpus: i32
    n_irqs: i32
    ipi_base: i32
    percpu_base: i64
    percpu_stride: i64
    words: i64  # in use; an address at or beyond is a finding
    regs: i32
    seed: i64
    ties: i64  # order of simultaneous events: 0 as declared, 1 reversed, else seeded
    transfer: Array[i64] = array(4)
    trap_cost: i64
    spin_exit: i64  # what leaving a spin costs less than going round: no pause
    gate_by_priority: u8  # in service keeps equal and lower priorities away; else only itself
    edge_lost: u8  # an edge on a masked input is dropped, not latched
    run_ahead: u8
    quick_shift: u8  # no instruction with a quick form costs more than 1 << this; FREE they cost nothing
    park: u8
    trace: u8
    dist_first: Array[i64] = array(DISTS)  # index of a quantile table in `times`
    dist_len: Array[i64] = array(DISTS)  # points less one; 0 constant
    dist_mean: Array[i64] = array(DISTS)  # of an exponential distribution; 0 otherwise


class Machine(Struct):
    """Everything, in one block."""

    state: State
    beside: Beside
    tables: Tables
    times: Slice[i64]  # recordings and quantile tables
    log: Slice[i64]  # trace records of 5 words, when `trace` is set
    cover: Slice[i64]  # executions and jumps of each instruction, in engines that count them


class Exec(Struct):
    """The registers of the interpreter itself: one slice of one CPU. Lives in native registers."""

    cpu: i64
    ctx: i64
    rb: i64  # base of the context's registers
    pc: i64
    last: i64  # where the present instruction stands
    clock: i64
    extra: i64  # cost on top of the baked one
    acct: i64  # account of the running context
    pb: i64  # base of this CPU's per-CPU words
    mine: i64  # this CPU's bit
    stop: i64  # why the slice ends
    fuel: i64  # quick forms that may still be executed
    quick: i64  # the next
    arg: i64  # of the stop
    arg2: i64
