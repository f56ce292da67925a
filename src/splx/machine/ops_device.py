"""Instructions on the controller, devices, time and statistics."""

from __future__ import annotations

from splx.lang.kernel import inline, noinline
from splx.lang.wide import wadd
from splx.machine.constants import F_NUM, NOREG, DevReg, Event, Finding, Kind, Mark, Stop
from splx.machine.costs import Cost, Transfer
from splx.machine.devices import acknowledge, arrival_of, enable, finish_popped, finished, started, submit, take
from splx.machine.dist import hash3, sample, scaled
from splx.machine.events import schedule
from splx.machine.latency import observe
from splx.machine.lines import best, end_of_interrupt, irq_of_ipi, raise_irq, refresh, reroute, retrigger, set_mask
from splx.machine.ops_context import recheck
from splx.machine.ops_data import fail, number, operand, put, reg
from splx.machine.rows import row
from splx.machine.state import DEVS, SOURCES, STAMPS, VECTORS, Exec, Insn, Machine
from splx.machine.tracing import trace

CHOICE_SOURCE = -2
WORK_SOURCE = 1 << 20


@inline
def known(m: Machine, x: Exec, irq: int) -> bool:
    """Whether `irq` is an input of the controller."""
    ok = irq >= 0 and irq < m.tables.n_irqs
    if not ok:
        fail(x, Finding.BAD_OPERAND, irq, 0)
    return ok


@inline
def heard(m: Machine, x: Exec, irq: int) -> None:
    """A change of `irq` may be on its way to another CPU: an event that this slice did not know of. End the slice."""
    if irq >= 0:
        if m.state.route[irq] != x.cpu:
            x.stop = Stop.TIME


@row("MASK", "a", "masks irq {a}", cost=Cost.MASK, touches="line", shared=True, drains=True)
@inline
def mask(m: Machine, x: Exec, i: Insn) -> None:
    """Mask a controller input."""
    irq = reg(m, x, i.a)
    if known(m, x, irq):
        set_mask(m, irq, 1, x.cpu, x.clock)
        trace(m, x.clock, x.cpu, Event.MASK, irq, 0)
        heard(m, x, irq)


@row("UNMASK", "a", "unmasks irq {a}", cost=Cost.UNMASK, touches="line", shared=True, drains=True)
@inline
def unmask(m: Machine, x: Exec, i: Insn) -> None:
    """Unmask a controller input; what waits there is deliverable at once."""
    irq = reg(m, x, i.a)
    if known(m, x, irq):
        set_mask(m, irq, 0, x.cpu, x.clock)
        trace(m, x.clock, x.cpu, Event.UNMASK, irq, 0)
        x.stop = Stop.TIME


@row("EOI", "a", "ends the service of irq {a}", cost=Cost.EOI, touches="line", shared=True, drains=True)
@inline
def eoi(m: Machine, x: Exec, i: Insn) -> None:
    """End of interrupt."""
    irq = reg(m, x, i.a)
    if known(m, x, irq):
        end_of_interrupt(m, irq, x.cpu, x.clock)
        trace(m, x.clock, x.cpu, Event.EOI, irq, 0)
        recheck(m, x)
        heard(m, x, irq)


@row("ROUTE", "a b", "routes irq {a} to CPU {b}", cost=Cost.MASK, touches="line", shared=True, drains=True)
@inline
def route(m: Machine, x: Exec, i: Insn) -> None:
    """Change the CPU an input is delivered to."""
    irq = reg(m, x, i.a)
    cpu = reg(m, x, i.b)
    if cpu < 0 or cpu >= m.tables.n_cpus:
        fail(x, Finding.BAD_OPERAND, cpu, 0)
    elif known(m, x, irq):
        reroute(m, irq, cpu, x.clock)
        x.stop = Stop.TIME


@row("IRQPEND", "dst", "{dst} := whether an irq waits that this CPU would take", cost=Cost.EOI, touches="line cpu",
     shared=True, drains=True)  # fmt: skip
@inline
def irqpend(m: Machine, x: Exec, i: Insn) -> None:
    """Ask the controller whether something waits for this CPU, above its hardware level; whatever its flag says."""
    put(m, x, i.dst, 1 if best(m, x.cpu) >= 0 else 0)


@row("RETRIG", "a", "latches irq {a} again", cost=Cost.MASK, touches="line", shared=True, drains=True)
@inline
def retrig(m: Machine, x: Exec, i: Insn) -> None:
    """Latch an edge by an instruction, as if its device had said it; nothing on an input that follows its wire."""
    irq = reg(m, x, i.a)
    if known(m, x, irq):
        retrigger(m, irq, x.cpu, x.clock)
        x.stop = Stop.TIME


@row("IPI", "a b", "interrupts CPU {a} with vector {b}", cost=Cost.IPI_SEND, touches="line", shared=True, drains=True)
@inline
def ipi(m: Machine, x: Exec, i: Insn) -> None:
    """Send an inter-processor interrupt. One under way absorbs another.

    It arrives after the machine's latency; one to the sender itself at once.
    """
    cpu = reg(m, x, i.a)
    vector = reg(m, x, i.b)
    if cpu < 0 or cpu >= m.tables.n_cpus or vector < 0 or vector >= VECTORS:
        fail(x, Finding.BAD_OPERAND, cpu, vector)
    else:
        interrupt(m, x.cpu, cpu, vector, x.clock)
        trace(m, x.clock, x.cpu, Event.IPI, cpu, vector)
        x.stop = Stop.TIME


def interrupt(m: Machine, sender: int, target: int, vector: int, when: int) -> None:
    """See IPI. The sender's own is latched now: it is taken before the next instruction if the flag allows."""
    irq = irq_of_ipi(m, target, vector)
    if sender == target:
        raise_irq(m, irq, 1, when)
        refresh(m, irq)
    elif m.beside.ev_time[DEVS + irq] < 0:
        schedule(m, DEVS + irq, when + m.tables.transfer[Transfer.IPI])


@row("DEVRD", "dst a imm", "{dst} := register {imm} of device {a}", cost=Cost.DEV_READ, touches="device", shared=True,
     drains=True)  # fmt: skip
@inline
def devrd(m: Machine, x: Exec, i: Insn) -> None:
    """Read a device register: COUNT items wait; POP takes one (its number plus one, 0 none)."""
    dev = reg(m, x, i.a)
    if dev < 0 or dev >= DEVS:
        fail(x, Finding.BAD_OPERAND, dev, 0)
    elif i.imm == DevReg.POP:
        put(m, x, i.dst, take(m, dev, x.cpu, x.clock))
        heard(m, x, m.beside.devices[dev].irq)
    else:
        put(m, x, i.dst, m.state.dev_count[dev] if i.imm == DevReg.COUNT else m.state.dev_enable[dev])


@row("DEVWR", "a imm b", "register {imm} of device {a} := {b}", cost=Cost.DEV_WRITE, touches="device", shared=True,
     drains=True)  # fmt: skip
@inline
def devwr(m: Machine, x: Exec, i: Insn) -> None:
    """Write a device register: ENABLE its interrupts, SUBMIT a request or a time, ACK an assertion."""
    dev = reg(m, x, i.a)
    if dev < 0 or dev >= DEVS:
        fail(x, Finding.BAD_OPERAND, dev, 0)
    elif i.imm == DevReg.SUBMIT and m.beside.devices[dev].kind < Kind.CLOSED:
        fail(x, Finding.BAD_OPERAND, dev, i.imm)
    else:
        device_write(m, dev, i.imm, reg(m, x, i.b), x.cpu, x.clock)
        x.stop = Stop.TIME


@noinline
def device_write(m: Machine, dev: int, register: int, value: int, cpu: int, when: int) -> None:
    """The registers that can be written."""
    if register == DevReg.ENABLE:
        enable(m, dev, value, cpu, when)
    elif register == DevReg.SUBMIT:
        submit(m, dev, value, when)
    else:
        acknowledge(m, dev, cpu, when)


@row("WORK", "B", "works for {B} ps", cost=Cost.FREE, touches="time")
@inline
def work(m: Machine, x: Exec, i: Insn) -> None:
    """Occupy the CPU for a time, interruptible and resumable."""
    left = m.beside.work_left[x.ctx]
    x.arg = operand(m, x, i) if left < 0 else left
    x.arg2 = x.acct if i.acct == 0 else i.acct
    if x.arg < 0:
        fail(x, Finding.BAD_OPERAND, x.arg, 0)
    else:
        x.pc = x.pc - 1
        x.stop = Stop.WORK


@row("DRAW", "dst imm a? b", "{dst} := a draw from distribution {imm}", touches="choice", cost=Cost.FREE)
@inline
def draw(m: Machine, x: Exec, i: Insn) -> None:
    """A duration. With a key (register a) of device b the item's arrival number decides; with a key alone the key;
    without, the count of draws of what runs here, if it has a count, or of this instruction (its counter is in t).
    """
    key = reg(m, x, i.a) if i.a != NOREG else 0
    put(m, x, i.dst, drawn(m, x.ctx, i.imm, i.t, i.a != NOREG, key, i.b, x.rb))


@noinline
def drawn(m: Machine, ctx: int, dist: int, site: int, keyed: bool, key: int, dev: int, rb: int) -> int:
    """See DRAW."""
    if keyed and dev != NOREG:
        device = m.state.regs[rb + dev]
        return sample(m, dist, WORK_SOURCE + device, arrival_of(m, device, key), dist)
    if keyed:
        return sample(m, dist, WORK_SOURCE - 1, key, dist)
    origin = m.tables.ctx_origin[ctx]
    counter = origin if origin > 0 else site
    n = m.beside.draws[counter]
    m.beside.draws[counter] = n + 1
    return sample(m, dist, counter, n, dist + 16)


@row("CHOOSE", "dst a", "{dst} := one of 0..{a}-1", touches="choice", cost=Cost.FREE, shared=True)
@inline
def choose(m: Machine, x: Exec, i: Insn) -> None:
    """A choice: seeded in a simulation, every one in a check."""
    n = m.beside.choices
    m.beside.choices = n + 1
    put(m, x, i.dst, scaled(hash3(m.tables.seed, CHOICE_SOURCE, n, 0), reg(m, x, i.a)))


@row("STAMP", "a", "stamps slot {a}", touches="time", cost=Cost.FREE, shared=True)
@inline
def stamp(m: Machine, x: Exec, i: Insn) -> None:
    """Remember this moment in a slot beside the state."""
    slot = reg(m, x, i.a)
    if slot < 0 or slot >= STAMPS:
        fail(x, Finding.BAD_OPERAND, slot, 0)
    else:
        m.beside.stamps[slot] = x.clock


@row("ELAPSED", "dst a B", "{dst} := have {B} ps passed since stamp {a}", touches="time choice", shared=True)
@inline
def elapsed(m: Machine, x: Exec, i: Insn) -> None:
    """Exact in a simulation; a choice in a check, where there is no clock."""
    slot = reg(m, x, i.a)
    if slot < 0 or slot >= STAMPS:
        fail(x, Finding.BAD_OPERAND, slot, 0)
    else:
        put(m, x, i.dst, int(x.clock - m.beside.stamps[slot] >= operand(m, x, i)))


@row("MARK", "imm a N", "marks {imm} of {a}, {N}", touches="statistics", cost=Cost.FREE, shared=True)
@inline
def mark(m: Machine, x: Exec, i: Insn) -> None:
    """A moment that statistics and traces are made of."""
    a = reg(m, x, i.a)
    b = number(m, x, i)
    if not marked(m, x.cpu, x.clock, i.imm, a, b, i.flags & F_NUM):
        fail(x, Finding.IN_FLIGHT, a, b)


def marked(m: Machine, cpu: int, when: int, kind: int, a: int, b: int, written: int) -> bool:
    """See MARK. False when an item is reported done that is not outstanding. A 0 that is `written` in the instruction
    is all that were popped; one that a driver has come to is no item.
    """
    room = DEVS if kind <= Mark.DONE else SOURCES
    ok = kind == Mark.HELD or kind == Mark.USER or (a >= 0 and a < room)
    if kind == Mark.START and ok:
        started(m, a, when)
    elif kind == Mark.DONE and ok:
        if b == 0 and written != 0:
            finish_popped(m, a, when)
        else:
            ok = finished(m, a, b, when)
    elif kind == Mark.HELD and a >= 0 and a < m.tables.n_irqs:
        put_off(m, a, when)
    elif kind == Mark.WAKE and ok:
        m.beside.sources[a].woken = when
    elif kind == Mark.RUN and ok and m.beside.sources[a].woken >= 0:
        observe(m, a, 0, when - m.beside.sources[a].woken)
        m.beside.sources[a].woken = -1
    trace(m, when, cpu, kind, a, b)
    return ok


def put_off(m: Machine, irq: int, when: int) -> None:
    """The kernel holds an irq: of each device on the line that asserts, at least of the first (an edge)."""
    dev = m.tables.irq_dev[irq]
    wire = m.state.wire[irq]
    while dev >= 0:
        d = m.beside.devices[dev]
        if wire == 0 or (wire & d.pin) != 0:
            d.held = d.held + 1
            if d.held_since == 0:
                d.held_since = when + 1
        dev = d.next if wire != 0 else -1


@row("STAT", "imm N", "statistic {imm} grows by {N}", touches="statistics", cost=Cost.FREE)
@inline
def stat(m: Machine, x: Exec, i: Insn) -> None:
    """Count something: write-only, beside the state."""
    m.beside.stats[i.imm] = wadd(m.beside.stats[i.imm], number(m, x, i))
