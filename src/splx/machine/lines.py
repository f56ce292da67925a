"""The interrupt controller: assertion, latching, acceptance.

A *level* irq follows its wire: as long as the device asserts it, is not masked and not in service, it is deliverable.
An *edge* irq is latched by the event and unlatched by acceptance; an edge on a masked input is kept or lost, as the
controller is made. A line that is routed to another CPU takes with it what no CPU has accepted. What one has accepted
stays, in service there: that keeps a level away from the new CPU until the end of interrupt (as the remote IRR of an
I/O APIC does), and an edge only from the old one, so that two CPUs can serve it at once, and no third before one of
them is through (the vectors of the two are apart, as are the pending tables that hold the LPIs of a GIC). Only
hardware gates: the CPU's flag, its priority level, the mask, what is in service. A software level gates nothing.

Every irq has a rank; a CPU is offered the deliverable irq of the lowest rank. Ranks follow hardware priority.
"""

from __future__ import annotations

from splx.lang.kernel import inline, noinline
from splx.lang.wide import bit, ctz
from splx.machine.constants import IN_USE, Event, Finding
from splx.machine.costs import ACCOUNTS, Account, Transfer
from splx.machine.events import schedule
from splx.machine.state import DEVS, IRQ_WORDS, REGS, VECTORS, Machine
from splx.machine.tracing import trace


@inline
def deliverable(m: Machine, irq: int) -> bool:
    """Whether the controller has `irq` to deliver."""
    s = m.state
    signal = s.latch[irq] != 0 if m.tables.irq_edge[irq] != 0 else s.wire[irq] != 0
    return signal and s.masked[irq] == 0 and (s.service[irq] < 0 or elsewhere(m, irq))


@inline
def elsewhere(m: Machine, irq: int) -> bool:
    """Whether `irq` is an edge that only one CPU serves, to which it does not go any more: another may take it."""
    s = m.state
    return m.tables.irq_edge[irq] != 0 and s.service[irq] != s.route[irq] and s.left[irq] < 0


def refresh(m: Machine, irq: int) -> None:
    """Recompute whether `irq` is deliverable at the CPU it is routed to."""
    rank = m.tables.rank[irq]
    cpu = m.state.route[irq]
    word = cpu * IRQ_WORDS + (rank >> 6)
    if deliverable(m, irq):
        m.beside.pending[word] = m.beside.pending[word] | bit(rank & 63)
        m.beside.cpus[cpu].deliver = 1
    else:
        m.beside.pending[word] = m.beside.pending[word] & ~bit(rank & 63)


def touched(m: Machine, irq: int, cpu: int, when: int) -> None:
    """An instruction of `cpu` changed `irq`. Its own CPU sees that at once. Another is no longer offered what is not
    there any more; what is there now it is offered after the machine's latency, so that no CPU's past can change (and
    local instructions may run ahead by that much).
    """
    if m.state.route[irq] == cpu:
        refresh(m, irq)
    elif deliverable(m, irq):
        schedule(m, DEVS + irq, when + m.tables.transfer[Transfer.IPI])
    else:
        withdraw(m, irq)


def withdraw(m: Machine, irq: int) -> None:
    """The CPU that `irq` goes to is not offered it."""
    rank = m.tables.rank[irq]
    word = m.state.route[irq] * IRQ_WORDS + (rank >> 6)
    m.beside.pending[word] = m.beside.pending[word] & ~bit(rank & 63)


def settle(m: Machine, irq: int) -> None:
    """The change of another CPU arrives: recompute `irq` everywhere."""
    rank = m.tables.rank[irq]
    for cpu in range(m.tables.n_cpus):
        word = cpu * IRQ_WORDS + (rank >> 6)
        m.beside.pending[word] = m.beside.pending[word] & ~bit(rank & 63)
        if m.state.service[irq] != cpu and m.state.left[irq] != cpu:
            if (m.beside.serving[word] & bit(rank & 63)) != 0:
                m.beside.serving[word] = m.beside.serving[word] & ~bit(rank & 63)
                m.beside.cpus[cpu].deliver = 1
    refresh(m, irq)


def raise_irq(m: Machine, irq: int, pin: int, when: int) -> None:
    """A device asserts: a level wire rises, an edge is latched or, masked on such a controller, lost. `pin` is the
    device's bit on the wire.

    Whether the irq is deliverable is for the caller to recompute (`refresh` or `touched`).
    """
    dev = m.tables.irq_dev[irq]
    if m.tables.irq_edge[irq] == 0:
        if m.state.wire[irq] == 0 and dev >= 0:
            m.beside.devices[dev].asserted = when
        m.state.wire[irq] = m.state.wire[irq] | pin
    elif m.state.masked[irq] != 0 and m.tables.edge_lost != 0:
        if dev >= 0:
            m.beside.devices[dev].lost = m.beside.devices[dev].lost + 1
    else:
        m.state.latch[irq] = m.state.latch[irq] | 1
        if dev >= 0:
            m.beside.devices[dev].asserted = when


def first(words: int, m: Machine, cpu: int) -> int:
    """The lowest rank set for `cpu` among the pending (0) or serving (1) bits; a rank beyond all if none."""
    found = IRQ_WORDS * 64
    for k in range(IRQ_WORDS - 1, -1, -1):
        at = cpu * IRQ_WORDS + k
        w = m.beside.serving[at] if words == 1 else m.beside.pending[at]
        if w != 0:
            found = k * 64 + ctz(w)
    return found


def best(m: Machine, cpu: int) -> int:
    """The irq this CPU would accept now if its flag allowed it, -1 none. Clears `deliver` when nothing pends."""
    rank = first(0, m, cpu)
    if rank >= IRQ_WORDS * 64:
        m.beside.cpus[cpu].deliver = 0
        return -1
    irq = m.tables.by_rank[rank]
    return irq if let_in(m, cpu, irq) else -1


@inline
def let_in(m: Machine, cpu: int, irq: int) -> bool:
    """Whether the level, and what is in service, let an irq in that pends at this CPU."""
    prio = m.tables.irq_prio[irq]
    lets = prio > m.state.level[cpu]
    if m.tables.gate_by_priority != 0:
        serving = first(1, m, cpu)
        if serving < IRQ_WORDS * 64:
            lets = lets and prio > m.tables.irq_prio[m.tables.by_rank[serving]]
    return lets


def accept(m: Machine, cpu: int) -> bool:
    """Take the best deliverable irq, if the flag allows and there is one: enter the CPU's trap context."""
    if m.state.iflag[cpu] == 0:
        return False
    irq = best(m, cpu)
    if irq < 0:
        return False
    frame = m.tables.trap[cpu]
    if m.state.status[frame] != 0:
        m.beside.finding = Finding.TRAP_REENTERED
        m.beside.find_cpu = cpu
        m.beside.find_ctx = frame
        m.beside.find_pc = m.state.pc[frame]
        m.beside.find_a = irq
        return False
    serve(m, cpu, irq)
    c = m.beside.cpus[cpu]
    trace(m, c.clock, cpu, Event.ACCEPT, irq, m.state.cur[cpu])
    push_frame(m, cpu, frame, m.tables.vector_pc)
    m.state.saved_if[frame] = 1
    m.state.iflag[cpu] = 0
    m.state.halted[cpu] = 0
    m.state.regs[frame * REGS] = irq
    c.clock = c.clock + m.tables.trap_cost
    c.acct = Account.INTR
    m.beside.acct[cpu * ACCOUNTS + Account.INTR] = m.beside.acct[cpu * ACCOUNTS + Account.INTR] + m.tables.trap_cost
    return True


def serve(m: Machine, cpu: int, irq: int) -> None:
    """The controller hands `irq` to `cpu`: no longer latched, in service until its end of interrupt."""
    m.state.latch[irq] = 0
    m.state.left[irq] = m.state.service[irq]
    m.state.service[irq] = cpu
    rank = m.tables.rank[irq]
    at = cpu * IRQ_WORDS + (rank >> 6)
    m.beside.serving[at] = m.beside.serving[at] | bit(rank & 63)
    m.beside.pending[at] = m.beside.pending[at] & ~bit(rank & 63)
    count_irq(m, irq)


def count_irq(m: Machine, irq: int) -> None:
    """An interrupt is accepted: one more for each device on the line that asserts, at least for the first."""
    dev = m.tables.irq_dev[irq]
    wire = m.state.wire[irq]
    while dev >= 0:
        d = m.beside.devices[dev]
        if wire == 0 or (wire & d.pin) != 0:
            d.irqs = d.irqs + 1
        dev = d.next if wire != 0 else -1


def push_frame(m: Machine, cpu: int, frame: int, pc: int) -> None:
    """Put `frame` on top of what `cpu` runs, to start at `pc`."""
    victim = m.state.cur[cpu]
    m.state.runs_on[victim] = -1
    m.state.runs_on[frame] = cpu
    m.state.below[frame] = victim
    m.state.status[frame] = IN_USE
    m.state.pc[frame] = pc
    m.state.cur[cpu] = frame
    m.beside.work_left[frame] = -1


def end_of_interrupt(m: Machine, irq: int, cpu: int, when: int) -> None:
    """`irq` is no longer in service; a level wire still asserted makes it deliverable again at once."""
    server = m.state.service[irq]
    if m.state.left[irq] == cpu:
        m.state.left[irq] = -1
        served(m, irq, cpu)
        touched(m, irq, cpu, when)
    elif server >= 0:
        m.state.service[irq] = m.state.left[irq]
        m.state.left[irq] = -1
        touched(m, irq, cpu, when)
        if server == cpu:
            served(m, irq, cpu)
        else:
            # what it served gates the server for as long as the news travels
            schedule(m, DEVS + irq, when + m.tables.transfer[Transfer.IPI])


@inline
def served(m: Machine, irq: int, cpu: int) -> None:
    """What `cpu` served of `irq` gates it no more."""
    rank = m.tables.rank[irq]
    at = cpu * IRQ_WORDS + (rank >> 6)
    m.beside.serving[at] = m.beside.serving[at] & ~bit(rank & 63)
    m.beside.cpus[cpu].deliver = 1


def set_mask(m: Machine, irq: int, masked: int, cpu: int, when: int) -> None:
    """Mask or unmask a controller input."""
    m.state.masked[irq] = masked
    touched(m, irq, cpu, when)


@noinline
def reroute(m: Machine, irq: int, target: int, when: int) -> None:
    """Send `irq` to another CPU from now on. What is latched or asserted and has not been accepted goes there; what has
    been is in service where it is, until that CPU ends it.
    """
    if m.state.route[irq] != target:
        withdraw(m, irq)
        m.state.route[irq] = target
        schedule(m, DEVS + irq, when + m.tables.transfer[Transfer.IPI])


@noinline
def retrigger(m: Machine, irq: int, cpu: int, when: int) -> None:
    """Latch an edge as if its device had said it again. A level wire says itself what there is."""
    if m.tables.irq_edge[irq] != 0:
        m.state.latch[irq] = m.state.latch[irq] | 1
        touched(m, irq, cpu, when)


@inline
def irq_of_ipi(m: Machine, cpu: int, vector: int) -> int:
    """The irq number that stands for inter-processor `vector` at `cpu`."""
    return m.tables.ipi_base + cpu * VECTORS + vector
