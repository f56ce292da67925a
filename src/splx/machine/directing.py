"""The machine under direction: one instruction of a CPU of one's choice, whatever the clocks say.

Nothing happens by itself here. A CPU takes an interrupt when it is told to, and a device's item arrives when it is
told to. What one CPU sends another comes sooner or later, and nobody can tell when before it is taken: so that is when
it has come. Until then the target may take lesser interrupts, and what was sent twice may come once or twice. So an
order of instructions and of interrupts is a run, whichever machine it would take to bring it about.
"""

from __future__ import annotations

from splx.lang.kernel import inline
from splx.lang.wide import bit
from splx.machine.constants import F_SPIN, Mode
from splx.machine.devices import arrive
from splx.machine.events import pop, schedule
from splx.machine.lines import accept, best, irq_of_ipi, refresh, settle
from splx.machine.run import FOREVER, step
from splx.machine.state import DEVS, IRQ_WORDS, VECTORS, Machine
from splx.machine.table import ROWS

HALT = ROWS["HALT"].code
# What the latch of an inter-processor irq holds, as bits; that of a device holds HERE or nothing. SENT with another
# bit: when it is taken another may still be on its way, which was sent after that had come.
HERE = 1
SENT = 2  # by another CPU, and under way or here
MORE = 4  # and again
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
    step(m, cpu, c, FOREVER, FOREVER, 1, 0)
    if m.tables.code[cpu.last].op == HALT:
        cpu.mode = Mode.HALTED
        m.state.halted[c] = 1
    for slot in range(DEVS, DEVS + m.tables.n_irqs):
        if m.beside.ev_time[slot] >= 0:
            hear(m, slot)


def hear(m: Machine, slot: int) -> None:
    """What is under way to another CPU may arrive from now on."""
    take(m, slot)
    irq = slot - DEVS
    if irq >= m.tables.ipi_base:
        latch = m.state.latch[irq]
        m.state.latch[irq] = latch | (MORE if (latch & (SENT | HERE)) == SENT else SENT)
        refresh(m, irq)
    else:
        settle(m, irq)


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
    taken = not overtakes or best_late(m, c, irq, VECTORS) == irq
    if taken:
        if cpu.mode == Mode.WORK:
            m.beside.work_left[m.state.cur[c]] = 1
        m.state.halted[c] = 0
        cpu.mode = Mode.RUN
        taken = accept(m, c)
    if overtakes:
        all_sent(m, c)
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
    all_sent(m, c)
    return irq


def best_late(m: Machine, c: int, wanted: int, late: int) -> int:
    """The best irq of CPU `c` when so many that are under way have not come, or fewer, down to the one that is wanted;
    -1 if there is none. What has not come is not pending then, until `all_sent`.
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
    return irq >= m.tables.ipi_base and (m.state.latch[irq] & (SENT | HERE)) == SENT


def any_under_way(m: Machine, c: int) -> bool:
    """Whether something is under way to CPU `c` that may not have come yet."""
    found = False
    for vector in range(VECTORS):
        found = found or under_way(m, irq_of_ipi(m, c, vector))
    return found


def all_sent(m: Machine, c: int) -> None:
    """What has been sent to CPU `c` is pending again, wherever it is."""
    for vector in range(VECTORS):
        refresh(m, irq_of_ipi(m, c, vector))


def sent_again(m: Machine, irq: int) -> None:
    """An irq that has just been taken is under way once more."""
    m.state.latch[irq] = SENT
    refresh(m, irq)


def arrival(m: Machine, dev: int) -> None:
    """An item arrives at a device."""
    if m.beside.ev_time[dev] >= 0:
        take(m, dev)
    arrive(m, dev, 0)
