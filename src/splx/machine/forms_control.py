"""Quick forms of instructions on contexts, the CPU, the controller and devices. None of them writes a trace."""

from __future__ import annotations

from splx.lang.kernel import inline
from splx.lang.wide import ctz, wadd
from splx.machine.constants import F_NUM, FREE, IN_USE, NOREG, DevReg, Stop
from splx.machine.devices import take
from splx.machine.forms import form
from splx.machine.lines import best, end_of_interrupt
from splx.machine.ops_data import number, operand, put, reg
from splx.machine.ops_device import marked
from splx.machine.state import CTXS, DEVS, FUNCS, REGS, Exec, Insn, Machine


@inline
def recheck(m: Machine, x: Exec, c: int) -> None:
    """An interrupt may be acceptable now: look before the next instruction."""
    if m.beside.cpus[c].deliver != 0 and m.state.iflag[c] != 0:
        if best(m, c) >= 0:
            x.stop = Stop.CHECK


@form("CPU")
@inline
def cpu(m: Machine, x: Exec, i: Insn) -> None:
    """The number of the executing CPU."""
    put(m, x, i.dst, ctz(x.mine))


@form("SELF")
@inline
def self_(m: Machine, x: Exec, i: Insn) -> None:
    """The number of the running context."""
    put(m, x, i.dst, x.rb // REGS)


@form("IRQOFF")
@inline
def irqoff(m: Machine, x: Exec, i: Insn) -> None:
    """Clear the CPU's interrupt flag."""
    c = ctz(x.mine)
    if i.dst != NOREG:
        put(m, x, i.dst, m.state.iflag[c])
    m.state.iflag[c] = 0


@form("IRQON")
@inline
def irqon(m: Machine, x: Exec, i: Insn) -> None:
    """Set it."""
    c = ctz(x.mine)
    m.state.iflag[c] = 1
    recheck(m, x, c)


@form("IRQSET")
@inline
def irqset(m: Machine, x: Exec, i: Insn) -> None:
    """Restore it."""
    c = ctz(x.mine)
    m.state.iflag[c] = int(reg(m, x, i.a) != 0)
    recheck(m, x, c)


@form("SETLVL")
@inline
def setlvl(m: Machine, x: Exec, i: Insn) -> None:
    """Write the CPU's hardware level."""
    level = operand(m, x, i)
    if level < 0 or level > 255 or m.tables.trace != 0:
        x.stop = Stop.REDO
    else:
        c = ctz(x.mine)
        m.state.level[c] = level
        recheck(m, x, c)


@inline
def resume(m: Machine, x: Exec, c: int, ctx: int) -> None:
    """Another context runs on this CPU, which the present one has left."""
    m.state.runs_on[ctx] = c
    m.state.cur[c] = ctx
    x.rb = ctx * REGS
    x.pc = m.state.pc[ctx]
    x.stop = Stop.JUMPED


@form("SWITCH")
@inline
def switch(m: Machine, x: Exec, i: Insn) -> None:
    """Run another context that is in use and runs nowhere."""
    ctx = reg(m, x, i.a)
    if ctx < 0 or ctx >= CTXS or m.tables.trace != 0:
        x.stop = Stop.REDO
    elif m.state.status[ctx] != IN_USE or m.state.runs_on[ctx] >= 0:
        x.stop = Stop.REDO
    else:
        old = x.rb // REGS
        m.state.pc[old] = x.pc
        m.state.runs_on[old] = -1
        resume(m, x, ctz(x.mine), ctx)


@form("BECOME")
@inline
def become(m: Machine, x: Exec, i: Insn) -> None:
    """A free context takes this one's place on what lies beneath."""
    frame = reg(m, x, i.a)
    function = operand(m, x, i)
    if frame < 0 or frame >= CTXS or function <= 0 or function >= FUNCS:
        x.stop = Stop.REDO
    elif m.state.status[frame] != FREE or m.tables.trace != 0:
        x.stop = Stop.REDO
    else:
        old = x.rb // REGS
        argument = reg(m, x, i.c)
        m.state.pc[old] = x.pc
        m.state.runs_on[old] = -1
        m.state.status[old] = FREE
        m.state.saved_if[frame] = m.state.saved_if[old]
        m.state.below[frame] = m.state.below[old]
        m.state.below[old] = -1
        m.state.status[frame] = IN_USE
        m.state.pc[frame] = m.tables.func_pc[function]
        m.state.regs[frame * REGS] = argument
        m.beside.work_left[frame] = -1
        resume(m, x, ctz(x.mine), frame)


@form("LEAVE")
@inline
def leave(m: Machine, x: Exec, i: Insn) -> None:
    """Back to the context beneath, where no interrupt waits."""
    c = ctz(x.mine)
    old = x.rb // REGS
    below = m.state.below[old]
    if below < 0 or m.beside.cpus[c].deliver != 0 or m.tables.trace != 0:
        x.stop = Stop.REDO
    else:
        m.state.pc[old] = x.pc
        m.state.runs_on[old] = -1
        m.state.status[old] = FREE
        m.state.below[old] = -1
        m.state.iflag[c] = m.state.saved_if[old]
        resume(m, x, c, below)


@form("EOI")
@inline
def eoi(m: Machine, x: Exec, i: Insn) -> None:
    """End of an interrupt that comes to this CPU."""
    c = ctz(x.mine)
    irq = reg(m, x, i.a)
    if irq < 0 or irq >= m.tables.n_irqs or m.tables.trace != 0:
        x.stop = Stop.REDO
    elif m.state.route[irq] != c:
        x.stop = Stop.REDO
    else:
        end_of_interrupt(m, irq, c, x.clock)
        recheck(m, x, c)


@form("DEVRD")
@inline
def devrd(m: Machine, x: Exec, i: Insn) -> None:
    """Take an item of a device whose irq comes to this CPU."""
    dev = reg(m, x, i.a)
    if dev < 0 or dev >= DEVS or i.imm != DevReg.POP:
        x.stop = Stop.REDO
    else:
        pop(m, x, i, dev)


@inline
def pop(m: Machine, x: Exec, i: Insn, dev: int) -> None:
    """See DEVRD."""
    c = ctz(x.mine)
    irq = m.beside.devices[dev].irq
    if irq < 0 or m.state.route[irq] != c:
        x.stop = Stop.REDO
    else:
        put(m, x, i.dst, take(m, dev, c, x.clock))


@form("MARK")
@inline
def mark(m: Machine, x: Exec, i: Insn) -> None:
    """A moment that statistics are made of."""
    a = reg(m, x, i.a)
    b = number(m, x, i)
    if m.tables.trace != 0 or not marked(m, ctz(x.mine), x.clock, i.imm, a, b, i.flags & F_NUM):
        x.stop = Stop.REDO


@form("STAT")
@inline
def stat(m: Machine, x: Exec, i: Insn) -> None:
    """Count something."""
    m.beside.stats[i.imm] = wadd(m.beside.stats[i.imm], number(m, x, i))
