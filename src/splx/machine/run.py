"""The simulator's loop: always the earliest next step.

    pick the CPU with the smallest clock (ties by number)
    if an event comes before that, let all events of that instant happen
    else let the CPU run a slice

A slice may run on while nothing can interfere: shared accesses up to the next CPU's clock, local instructions up to
the next event and that clock plus the least time in which one CPU can affect another. At one instant CPUs first
finish what they are at, then all arrivals of the instant come, then CPUs take them. `run_ahead` off means one
instruction per slice, each by its row's own clause: the same bytes, slower.
"""

from __future__ import annotations

from splx.lang.kernel import inline
from splx.lang.wide import bit
from splx.machine.constants import F_SHARED, F_SPIN, Event, Finding, Mode, Status, Stop
from splx.machine.costs import Account, Transfer
from splx.machine.cover import COVER, cover
from splx.machine.dash import SLICE, charge, sprint, turn_to, within
from splx.machine.devices import arm, arrive
from splx.machine.events import pop
from splx.machine.lineown import park, unpark
from splx.machine.lines import accept, best, raise_irq, refresh, settle
from splx.machine.state import DEVS, REGS, Cpu, Exec, Insn, Machine
from splx.machine.table import CLAUSES
from splx.machine.tracing import trace

FOREVER = 1 << 62
PATIENCE = 1000000  # instructions of one CPU at one instant before they are a finding
EVENTS_AT_ONCE = 1 << 16  # before the host looks in, however little is executed between them
TRACE_ROOM = 1 << 17  # records left in the log when the host is asked to drain it


def boot(m: Machine) -> None:
    """Queue the first arrival of every device. Everything else is in the image."""
    for dev in range(DEVS):
        arm(m, dev)


def run(m: Machine) -> int:
    """Run to `until`, to a finding, until `steps_left` is used up or the log is full. Returns a Status.

    Also when very many events have happened: STEPS then, with steps left.
    """
    room = EVENTS_AT_ONCE
    while m.beside.finding == 0:
        if m.beside.steps_left <= 0 or room <= 0:
            return Status.STEPS
        if m.tables.trace != 0 and m.beside.n_trace >= TRACE_ROOM:
            return Status.TRACE
        cpu = -1
        clock = FOREVER
        other = FOREVER
        rival = -1
        for c in range(m.tables.n_cpus):
            each = m.beside.cpus[c]
            if each.mode <= Mode.WORK and each.clock < other:
                if each.clock < clock:
                    other = clock
                    rival = cpu
                    clock = each.clock
                    cpu = c
                else:
                    other = each.clock
                    rival = c
        event = m.beside.ev_time[m.beside.heap[0]] if m.beside.n_events > 0 else FOREVER
        if min(clock, event) > m.beside.until:
            finish(m)
            return Status.DONE
        if event < clock:
            room = room - happen(m, event, room)
        else:
            slice_of(m, cpu, event, other - int(rival >= 0 and rival < cpu), other)
    return Status.FINDING


def happen(m: Machine, when: int, room: int) -> int:
    """All events of one instant, in the chosen order; then the CPUs they concern take notice. Returns how many.

    If there are more than `room`, no CPU takes notice yet: the rest comes first, when the host has looked in.
    """
    m.beside.now = when
    count = 0
    while m.beside.n_events > 0 and m.beside.ev_time[m.beside.heap[0]] == when:
        if count >= room:
            return count
        count = count + 1
        slot = pop(m)
        if slot < DEVS:
            arrive(m, slot, when)
        elif slot - DEVS >= m.tables.ipi_base:
            raise_irq(m, slot - DEVS, 1, when)
            refresh(m, slot - DEVS)
        else:
            settle(m, slot - DEVS)
    for c in range(m.tables.n_cpus):
        if m.beside.cpus[c].deliver != 0:
            notice(m, c, when)
    return count


def notice(m: Machine, c: int, when: int) -> None:
    """If CPU `c` would now accept an interrupt, end its work, halt or spin at `when`."""
    cpu = m.beside.cpus[c]
    if cpu.mode == Mode.RUN or m.state.iflag[c] == 0 or best(m, c) < 0:
        return
    if cpu.mode == Mode.WORK:
        rest = cpu.clock - when
        m.beside.work_left[m.state.cur[c]] = rest
        charge(m, c, cpu.acct, -rest)
        cpu.clock = when
        cpu.mode = Mode.RUN
    elif cpu.mode == Mode.HALTED:
        wake(m, c, when)
    else:
        notice_spin(m, c, when)


def notice_spin(m: Machine, c: int, when: int) -> None:
    """An interrupt is due at a spinner. It goes on from where it would be and samples at its next look, not at once."""
    cpu = m.beside.cpus[c]
    if cpu.period == 0:
        unpark(m, c, max(cpu.clock, when))
    elif cpu.clock > when:
        unpark(m, c, cpu.clock)
    else:
        unpark(m, c, cpu.clock + (when - cpu.clock) // cpu.period * cpu.period)
        cpu.deaf = 1


def wake(m: Machine, c: int, when: int) -> None:
    """A halted CPU looks for an interrupt at `when`: the time since was idle."""
    cpu = m.beside.cpus[c]
    at = max(when, cpu.clock)
    charge(m, c, Account.IDLE, at - cpu.clock)
    cpu.clock = at
    cpu.mode = Mode.RUN


def finish(m: Machine) -> None:
    """Bring every CPU to `until` exactly: what reaches beyond is not yet spent."""
    until = m.beside.until
    for c in range(m.tables.n_cpus):
        cpu = m.beside.cpus[c]
        if cpu.mode == Mode.HALTED and cpu.clock < until:
            charge(m, c, Account.IDLE, until - cpu.clock)
            cpu.clock = until
        elif cpu.mode == Mode.PARKED and cpu.clock < until:
            settle_spin(m, c, until)
    m.beside.now = until


def close(m: Machine) -> int:
    """After `run` is done: let every parked spinner execute up to `until`, as if it had never parked."""
    for c in range(m.tables.n_cpus):
        cpu = m.beside.cpus[c]
        if cpu.mode == Mode.PARKED and cpu.period > 0 and cpu.clock <= m.beside.until:
            settle_spin(m, c, m.beside.until)
            unpark(m, c, cpu.clock)
    return run(m)


def settle_spin(m: Machine, c: int, until: int) -> None:
    """Book a parked spinner's whole iterations before `until`."""
    cpu = m.beside.cpus[c]
    if cpu.period == 0:
        charge(m, c, Account.SPIN, until - cpu.clock)
        cpu.clock = until
    else:
        rounds = (until - cpu.clock) // cpu.period
        cpu.insns = cpu.insns + rounds * cpu.spin_len
        charge(m, c, Account.SPIN, rounds * cpu.period)
        cpu.clock = cpu.clock + rounds * cpu.period


def slice_of(m: Machine, c: int, event: int, turn: int, other: int) -> None:
    """Let CPU `c` run until something may interfere: an event, or another CPU, at `other`. Until `turn` it is first."""
    cpu = m.beside.cpus[c]
    if cpu.mode == Mode.WORK:
        cpu.mode = Mode.RUN
        m.beside.work_left[m.state.cur[c]] = -1
        m.state.pc[m.state.cur[c]] = m.state.pc[m.state.cur[c]] + 1
    if cpu.deliver != 0 and cpu.deaf == 0 and (m.tables.code[m.state.pc[m.state.cur[c]]].flags & F_SPIN) == 0:
        if accept(m, c):
            if m.tables.trap_cost != 0:
                return
        elif m.state.halted[c] != 0:
            cpu.mode = Mode.HALTED  # what woke it is no longer there
            return
    cpu.deaf = 0
    if m.beside.finding != 0:
        return
    event_limit = min(event, m.beside.until)
    shared = min(event_limit, turn)
    local = min(event_limit, other + m.tables.transfer[Transfer.IPI])
    budget = min(m.beside.steps_left, SLICE) if m.tables.run_ahead != 0 else 1
    step(m, cpu, c, shared, local, budget, m.tables.run_ahead if COVER == 0 else 0)


@inline
def open_slice(m: Machine, x: Exec, cpu: Cpu, c: int) -> None:
    """Take the registers of the interpreter from the CPU and its context."""
    x.cpu = c
    x.mine = bit(c)
    x.ctx = m.state.cur[c]
    x.rb = x.ctx * REGS
    x.pc = m.state.pc[x.ctx]
    x.clock = cpu.clock
    x.acct = m.tables.ctx_acct[x.ctx]
    x.pb = m.tables.percpu_base + c * m.tables.percpu_stride


def step(m: Machine, cpu: Cpu, c: int, shared: int, local: int, budget: int, hurry: int) -> None:
    """The interpreter: fetch, check the limits, execute, take the time. In a hurry it lets stretches of instructions be
    executed by their quick forms, and does one itself in between.

    Time is booked when the account changes, not at every instruction. The last one is not charged here if it was not
    executed, or if it is for `ended` to charge because the CPU waits from now on. `shared` is at most `local`.
    """
    x = Exec()
    open_slice(m, x, cpu, c)
    left = budget
    cpu.acct = x.acct
    charge(m, c, cpu.acct, -x.clock)
    while left > 0:
        if hurry != 0:
            left = left - sprint(m, x, cpu, c, min(left - 1, within(m, shared - x.clock)))
            if x.stop == Stop.CHECK:
                break
            if x.stop == Stop.LEFT:
                x.stop = Stop.NONE
                continue
        i = m.tables.code[x.pc]
        if x.clock > shared:
            if x.clock > local or (i.flags & F_SHARED) != 0:
                break
        execute(m, x, cpu, c, i)
        if x.stop != Stop.NONE:
            if x.stop == Stop.CHECK or x.stop == Stop.TIME:
                x.clock = x.clock + i.cost
                left = left - 1
            break
        x.clock = x.clock + i.cost
        left = left - 1
    charge(m, c, cpu.acct, x.clock)
    ended(m, cpu, x, budget - left)


def step_one(m: Machine, cpu: Cpu, c: int) -> None:
    """As `step`, for one instruction that has no limit. Whoever needs no more compiles none of the quick forms."""
    x = Exec()
    open_slice(m, x, cpu, c)
    cpu.acct = x.acct
    charge(m, c, cpu.acct, -x.clock)
    i = m.tables.code[x.pc]
    execute(m, x, cpu, c, i)
    executed = 0
    if x.stop == Stop.NONE or x.stop == Stop.CHECK or x.stop == Stop.TIME:
        x.clock = x.clock + i.cost
        executed = 1
    charge(m, c, cpu.acct, x.clock)
    ended(m, cpu, x, executed)


@inline
def execute(m: Machine, x: Exec, cpu: Cpu, c: int, i: Insn) -> None:
    """The instruction at `pc` by its row's own clause, and not its time."""
    x.last = x.pc
    x.pc = x.pc + 1
    turn_to(m, c, cpu, i.acct if i.acct != 0 else x.acct, x.clock)
    CLAUSES[i.op](m, x, i)
    if COVER != 0:
        cover(m, x)


def ended(m: Machine, cpu: Cpu, x: Exec, executed: int) -> None:
    """Write the slice back, and do what its last instruction asked for."""
    count = executed
    if x.stop == Stop.REDO:
        x.pc = x.pc - 1
    elif x.stop == Stop.FINDING:
        found(m, x)
    elif x.stop == Stop.WORK or x.stop == Stop.PARK or x.stop == Stop.HALT:
        count = count + 1
    m.state.pc[x.ctx] = x.pc
    cpu.last = x.last
    m.beside.ran = x.cpu
    watch_progress(m, cpu, x, count)
    cpu.clock = x.clock
    cpu.insns = cpu.insns + count
    m.beside.steps_left = m.beside.steps_left - count
    if x.stop == Stop.WORK:
        begin_work(m, cpu, x)
    elif x.stop == Stop.PARK:
        begin_spin(m, cpu, x)
    elif x.stop == Stop.HALT:
        begin_halt(m, cpu, x)


def watch_progress(m: Machine, cpu: Cpu, x: Exec, count: int) -> None:
    """Too many instructions without the clock moving: the program is stuck at one instant."""
    cpu.still = cpu.still + count if x.clock == cpu.clock else 0
    if cpu.still > PATIENCE and m.beside.finding == 0:
        x.arg = Finding.STUCK
        x.arg2 = 0
        x.extra = 0
        found(m, x)


def found(m: Machine, x: Exec) -> None:
    """Record a finding; the run ends. `pc` is already past the instruction."""
    m.beside.finding = x.arg
    m.beside.find_cpu = x.cpu
    m.beside.find_ctx = x.ctx
    m.beside.find_pc = x.last
    m.beside.find_a = x.arg2
    m.beside.find_b = x.extra


def begin_work(m: Machine, cpu: Cpu, x: Exec) -> None:
    """Charge the work in one piece; an interrupt rewinds it."""
    m.beside.work_left[x.ctx] = x.arg
    cpu.acct = x.arg2
    charge(m, x.cpu, x.arg2, x.arg)
    cpu.clock = x.clock + x.arg
    cpu.mode = Mode.WORK
    if x.arg > 0:
        cpu.still = 0


def last_one(m: Machine, cpu: Cpu, x: Exec) -> None:
    """Charge the instruction that ended the slice by waiting for something."""
    i = m.tables.code[x.last]
    cpu.acct = i.acct if i.acct != 0 else x.acct
    cpu.clock = x.clock + i.cost
    charge(m, x.cpu, cpu.acct, i.cost)


def begin_spin(m: Machine, cpu: Cpu, x: Exec) -> None:
    """The back edge of a spin: charge it, and park when the next iteration would be the same."""
    last_one(m, cpu, x)
    due = cpu.deliver != 0 and m.state.iflag[x.cpu] != 0
    if due:
        due = best(m, x.cpu) >= 0
    park(m, x.cpu, x.arg, x.arg2, due)


def begin_halt(m: Machine, cpu: Cpu, x: Exec) -> None:
    """Wait for an interrupt, unless one can be taken already."""
    last_one(m, cpu, x)
    trace(m, cpu.clock, x.cpu, Event.HALT, x.ctx, 0)
    if cpu.deliver == 0 or best(m, x.cpu) < 0:
        cpu.mode = Mode.HALTED
