"""The machine under direction: one instruction of a CPU of one's choice, whatever the clocks say.

Nothing happens by itself here. A CPU takes an interrupt when it is told to, and a device's item arrives when it is
told to. What one CPU sends another comes sooner or later, and nobody can tell when before it is taken: so that is when
it has come. Until then the target may take lesser interrupts, and what was sent twice may come once or twice. It is
the same with a line that one CPU makes deliverable at another, by unmasking it, say. So an order of instructions and of
interrupts is a run, whichever machine it would take to bring it about.
"""

from __future__ import annotations

from splx.lang.kernel import inline
from splx.lang.wide import bit
from splx.machine.constants import F_SPIN, Mode
from splx.machine.devices import arrive
from splx.machine.events import pop, schedule
from splx.machine.lines import accept, best, refresh, settle
from splx.machine.run import step_one
from splx.machine.state import DEVS, IRQ_WORDS, Machine
from splx.machine.table import ROWS

HALT = ROWS["HALT"].code
# What the latch of an irq holds, as bits: that of a device HERE and LATE, an inter-processor one the others. SENT with
# another bit: when it is taken another may still be on its way, which was sent after that had come.
HERE = 1
SENT = 2  # by another CPU, and under way or here
MORE = 4  # and again
LATE = 8  # deliverable by what another CPU has done: its own need not know yet
NOW = -2  # before all that is queued; -1 means not queued


def worked(m: Machine, c: int) -> bool:
    """If CPU `c` is at work, that is done. Whether it was."""
    cpu = m.beside.cpus[c]
    busy = cpu.mode == Mode.WORK
    if busy:
        ctx = m.state.cur[c]
        cpu.mode = Mode.RUN
        m.beside.work_left[ctx] = -1
        m.state.pc[ctx] = m.state.pc[ctx] + 1
    return busy


def advance(m: Machine, c: int) -> None:
    """The next instruction of CPU `c`, which is neither halted nor at work."""
    cpu = m.beside.cpus[c]
    step_one(m, cpu, c)
    if m.tables.code[cpu.last].op == HALT:
        cpu.mode = Mode.HALTED
        m.state.halted[c] = 1
    for irq in range(m.tables.n_irqs):
        if m.beside.ev_time[DEVS + irq] >= 0:
            hear(m, irq)
        if (m.state.latch[irq] & LATE) != 0 and not pends(m, irq):
            m.state.latch[irq] = m.state.latch[irq] & ~LATE


def hear(m: Machine, irq: int) -> None:
    """What is under way to another CPU may arrive from now on."""
    take(m, DEVS + irq)
    latch = m.state.latch[irq]
    if irq >= m.tables.ipi_base:
        m.state.latch[irq] = latch | (MORE if (latch & (SENT | HERE)) == SENT else SENT)
        refresh(m, irq)
    else:
        known = pends(m, irq)
        settle(m, irq)
        if not known and pends(m, irq):
            m.state.latch[irq] = latch | LATE


@inline
def pends(m: Machine, irq: int) -> bool:
    """Whether an irq is pending where it goes to."""
    rank = m.tables.rank[irq]
    return (m.beside.pending[m.state.route[irq] * IRQ_WORDS + (rank >> 6)] & bit(rank & 63)) != 0


def take(m: Machine, slot: int) -> None:
    """Take an event off the queue, wherever it stands."""
    schedule(m, slot, NOW)
    pop(m)


def interrupted(m: Machine, c: int, irq: int) -> bool:
    """CPU `c` takes `irq` now, if it may: flag, level, controller, and not within one look of a busy-wait. What would
    come before is still under way, if it can be.
    """
    cpu = m.beside.cpus[c]
    busy = m.tables.code[m.state.pc[m.state.cur[c]]].flags & F_SPIN
    if busy != 0 or m.state.iflag[c] == 0:
        return False
    overtakes = best(m, c) != irq
    taken = not overtakes or best_late(m, c, irq, m.tables.n_irqs) == irq
    if taken:
        if cpu.mode == Mode.WORK:
            m.beside.work_left[m.state.cur[c]] = 1
        cpu.mode = Mode.RUN
        taken = accept(m, c)
    if overtakes:
        all_come(m)
    return taken


def waiting(m: Machine, c: int, late: int) -> int:
    """The irq that CPU `c` would take now if the `late` best of those under way to it have not come; -1 if there is
    none, or no such one is under way.
    """
    if m.state.iflag[c] == 0:
        return -1
    if late == 0:
        return best(m, c)
    irq = best_late(m, c, -1, late)
    all_come(m)
    return irq


def best_late(m: Machine, c: int, wanted: int, late: int) -> int:
    """The best irq of CPU `c` when so many that are under way have not come, or fewer, down to the one that is wanted;
    -1 if there is none. What has not come is not pending then, until `all_come`.
    """
    irq = best(m, c)
    left = late
    while irq >= 0 and irq != wanted and left > 0:
        left = left - 1
        if under_way(m, irq):
            at = c * IRQ_WORDS + (m.tables.rank[irq] >> 6)
            m.beside.pending[at] = m.beside.pending[at] & ~bit(m.tables.rank[irq] & 63)
            irq = best(m, c)
        else:
            irq = -1
    return irq


@inline
def under_way(m: Machine, irq: int) -> bool:
    """Whether an irq is pending that may not have come yet."""
    latch = m.state.latch[irq]
    return (latch & (SENT | HERE)) == SENT if irq >= m.tables.ipi_base else (latch & LATE) != 0


def any_under_way(m: Machine, c: int) -> bool:
    """Whether something is under way to CPU `c` that may not have come yet."""
    found = False
    for irq in range(m.tables.n_irqs):
        found = found or (m.state.route[irq] == c and under_way(m, irq))
    return found


def all_come(m: Machine) -> None:
    """What is under way is pending again, wherever it is."""
    for irq in range(m.tables.n_irqs):
        if under_way(m, irq):
            refresh(m, irq)


@inline
def is_sent_again(m: Machine, irq: int) -> bool:
    """Whether another may be on its way if this one is taken now."""
    return irq >= m.tables.ipi_base and m.state.latch[irq] > SENT


def sent_again(m: Machine, irq: int) -> None:
    """An irq that has just been taken is under way once more."""
    m.state.latch[irq] = SENT
    refresh(m, irq)


def arrival(m: Machine, dev: int) -> None:
    """An item arrives at a device."""
    if m.beside.ev_time[dev] >= 0:
        take(m, dev)
    arrive(m, dev, 0)
    irq = m.beside.devices[dev].irq
    if irq >= 0 and m.state.dev_enable[dev] != 0:
        m.state.latch[irq] = m.state.latch[irq] & ~LATE  # it asserts, and that is known at once
