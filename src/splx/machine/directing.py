"""The machine under direction: one instruction of a CPU of one's choice, whatever the clocks say.

Nothing happens by itself here. A CPU takes an interrupt when it is told to, and a device's item arrives when it is
told to; what one CPU sends another is there at once, and waits until it is taken. So an order of instructions and of
interrupts is a run, whichever machine it would take to bring it about.
"""

from __future__ import annotations

from splx.machine.constants import F_SPIN, Mode
from splx.machine.devices import arrive
from splx.machine.events import pop, schedule
from splx.machine.lines import accept, best, raise_irq, refresh, settle
from splx.machine.run import FOREVER, step
from splx.machine.state import DEVS, Machine
from splx.machine.table import ROWS

HALT = ROWS["HALT"].code
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
    """What is under way to another CPU arrives."""
    take(m, slot)
    irq = slot - DEVS
    if irq >= m.tables.ipi_base:
        raise_irq(m, irq, 1, 0)
        refresh(m, irq)
    else:
        settle(m, irq)


def take(m: Machine, slot: int) -> None:
    """Take an event off the queue, wherever it stands."""
    schedule(m, slot, NOW)
    pop(m)


def interrupted(m: Machine, c: int, irq: int) -> bool:
    """CPU `c` takes `irq` now, if it may: flag, level, controller, and not within one look of a busy-wait."""
    cpu = m.beside.cpus[c]
    busy = m.tables.code[m.state.pc[m.state.cur[c]]].flags & F_SPIN
    if busy != 0 or m.state.iflag[c] == 0 or best(m, c) != irq:
        return False
    if cpu.mode == Mode.WORK:
        m.beside.work_left[m.state.cur[c]] = 1
    m.state.halted[c] = 0
    cpu.mode = Mode.RUN
    return accept(m, c)


def waiting(m: Machine, c: int) -> int:
    """The irq that CPU `c` would take now, -1 if none."""
    return best(m, c) if m.state.iflag[c] != 0 else -1


def arrival(m: Machine, dev: int) -> None:
    """An item arrives at a device."""
    if m.beside.ev_time[dev] >= 0:
        take(m, dev)
    arrive(m, dev, 0)
