"""Instructions on contexts and on the CPU itself: flag, level, frames, switches.

A context is a program counter and registers. Frames are contexts on top of others; a switch changes which chain a
CPU runs. The machine knows who sits on whom and who runs where, and nothing about threads.
"""

from __future__ import annotations

from splx.lang.kernel import inline
from splx.machine.constants import FREE, IN_USE, NOREG, Event, Finding, Stop
from splx.machine.costs import Cost
from splx.machine.lines import best
from splx.machine.ops_data import fail, operand, put, reg
from splx.machine.rows import row
from splx.machine.state import CTXS, FUNCS, REGS, Exec, Insn, Machine
from splx.machine.tracing import trace


@inline
def leave_pc(m: Machine, x: Exec) -> None:
    """Write the running context's program counter back before another context runs."""
    m.state.pc[x.ctx] = x.pc
    m.state.runs_on[x.ctx] = -1


@inline
def resume(m: Machine, x: Exec, ctx: int) -> None:
    """Make `ctx` the running context of this CPU."""
    m.state.runs_on[ctx] = x.cpu
    m.state.cur[x.cpu] = ctx
    x.ctx = ctx
    x.rb = ctx * REGS
    x.pc = m.state.pc[ctx]
    x.acct = m.tables.ctx_acct[ctx]


@inline
def recheck(m: Machine, x: Exec) -> None:
    """An interrupt may be acceptable now: look before the next instruction."""
    if m.beside.cpus[x.cpu].deliver != 0 and m.state.iflag[x.cpu] != 0:
        if best(m, x.cpu) >= 0:
            x.stop = Stop.CHECK


@row("IRQOFF", "dst?", "interrupts off; {dst} := were they on", cost=Cost.IRQ_FLAG, touches="cpu")
@inline
def irqoff(m: Machine, x: Exec, i: Insn) -> None:
    """Clear the CPU's interrupt flag."""
    if i.dst != NOREG:
        put(m, x, i.dst, m.state.iflag[x.cpu])
    m.state.iflag[x.cpu] = 0


@row("IRQON", "", "interrupts on", cost=Cost.IRQ_FLAG, touches="cpu")
@inline
def irqon(m: Machine, x: Exec, i: Insn) -> None:
    """Set the CPU's interrupt flag; a pending interrupt is taken before the next instruction."""
    m.state.iflag[x.cpu] = 1
    recheck(m, x)


@row("IRQSET", "a", "interrupts on if {a}", cost=Cost.IRQ_FLAG, touches="cpu")
@inline
def irqset(m: Machine, x: Exec, i: Insn) -> None:
    """Restore a saved interrupt flag."""
    m.state.iflag[x.cpu] = int(reg(m, x, i.a) != 0)
    recheck(m, x)


@row("SETLVL", "B", "hardware level := {B}", cost=Cost.LEVEL, touches="cpu", drains=True)
@inline
def setlvl(m: Machine, x: Exec, i: Insn) -> None:
    """Write the CPU's hardware level: irqs that rank at it or below are not accepted."""
    level = operand(m, x, i)
    if level < 0 or level > 255:
        fail(x, Finding.BAD_OPERAND, level, 0)
    else:
        m.state.level[x.cpu] = level
        trace(m, x.clock, x.cpu, Event.LEVEL, level, 0)
        recheck(m, x)


@inline
def usable(m: Machine, x: Exec, ctx: int) -> bool:
    """Whether `ctx` is the number of a context."""
    ok = ctx >= 0 and ctx < CTXS
    if not ok:
        fail(x, Finding.BAD_OPERAND, ctx, 0)
    return ok


@inline
def switch(m: Machine, x: Exec, ctx: int, mine: int) -> None:
    """Run `ctx` instead of the current context, which becomes `mine` (IN_USE or FREE)."""
    if usable(m, x, ctx):
        if m.state.status[ctx] != IN_USE or (m.state.runs_on[ctx] >= 0 and ctx != x.ctx):
            fail(x, Finding.BAD_SWITCH, ctx, m.state.status[ctx])
        else:
            leave_pc(m, x)
            m.state.status[x.ctx] = mine
            trace(m, x.clock, x.cpu, Event.SWITCH, x.ctx, ctx)
            resume(m, x, ctx)


@row("SWITCH", "a", "switches to context {a}", cost=Cost.SWITCH, touches="context", ends="switch", shared=True)
@inline
def switch_(m: Machine, x: Exec, i: Insn) -> None:
    """Suspend the current context and run another; it must be in use and run nowhere."""
    switch(m, x, reg(m, x, i.a), IN_USE)


@row("SWITCHX", "a", "ends and switches to context {a}", cost=Cost.SWITCH, touches="context", ends="switch",
     shared=True)  # fmt: skip
@inline
def switchx(m: Machine, x: Exec, i: Insn) -> None:
    """Free the current context and run another."""
    switch(m, x, reg(m, x, i.a), FREE)


@inline
def start(m: Machine, x: Exec, i: Insn, frame: int, below: int) -> None:
    """Start function B of the instruction in `frame`, on top of `below`, with argument register c."""
    function = operand(m, x, i)
    if function <= 0 or function >= FUNCS:
        fail(x, Finding.BAD_FUNCTION, function, 0)
    else:
        argument = reg(m, x, i.c)
        leave_pc(m, x)
        m.state.below[frame] = below
        m.state.status[frame] = IN_USE
        m.state.pc[frame] = m.tables.func_pc[function]
        m.state.regs[frame * REGS] = argument
        m.beside.work_left[frame] = -1
        trace(m, x.clock, x.cpu, Event.ENTER, frame, function)
        resume(m, x, frame)


@row("ENTER", "a B c", "enters frame {a} at function {B} with {c}", cost=Cost.ENTER, touches="frame", ends="switch",
     shared=True)  # fmt: skip
@inline
def enter(m: Machine, x: Exec, i: Insn) -> None:
    """A new context on top of this one, which goes on when the new one leaves. A frame in use is a finding."""
    frame = reg(m, x, i.a)
    if usable(m, x, frame):
        if m.state.status[frame] != FREE:
            fail(x, Finding.BUSY_FRAME, frame, 0)
        else:
            m.state.saved_if[frame] = m.state.iflag[x.cpu]
            start(m, x, i, frame, x.ctx)


@row("BECOME", "a B c", "becomes frame {a} at function {B} with {c}", cost=Cost.ENTER, touches="frame", ends="switch",
     shared=True)  # fmt: skip
@inline
def become(m: Machine, x: Exec, i: Insn) -> None:
    """Another context takes this one's place on what lies beneath; this one is free. A context may become itself."""
    frame = reg(m, x, i.a)
    if usable(m, x, frame):
        if m.state.status[frame] != FREE and frame != x.ctx:
            fail(x, Finding.BUSY_FRAME, frame, 0)
        else:
            old = x.ctx
            m.state.saved_if[frame] = m.state.saved_if[old]
            start(m, x, i, frame, m.state.below[old])
            if x.stop == Stop.NONE and frame != old:
                m.state.status[old] = FREE
                m.state.below[old] = -1


@row("LEAVE", "", "leaves the frame", cost=Cost.LEAVE, touches="frame cpu", ends="switch", drains=True)
@inline
def leave(m: Machine, x: Exec, i: Insn) -> None:
    """Back to the context beneath, with the interrupt flag it had."""
    below = m.state.below[x.ctx]
    if below < 0:
        fail(x, Finding.NO_BELOW, x.ctx, 0)
    else:
        old = x.ctx
        leave_pc(m, x)
        m.state.status[old] = FREE
        m.state.below[old] = -1
        m.state.iflag[x.cpu] = m.state.saved_if[old]
        trace(m, x.clock, x.cpu, Event.LEAVE, old, below)
        resume(m, x, below)
        recheck(m, x)


@row("DETACH", "dst", "lets go of what lies beneath; {dst} := it", touches="frame")
@inline
def detach(m: Machine, x: Exec, i: Insn) -> None:
    """This context no longer sits on anything."""
    put(m, x, i.dst, m.state.below[x.ctx])
    m.state.below[x.ctx] = -1


@row("BELOW", "dst", "{dst} := the context beneath, -1 if none", touches="frame")
@inline
def below_(m: Machine, x: Exec, i: Insn) -> None:
    """What this context sits on."""
    put(m, x, i.dst, m.state.below[x.ctx])


@row("SELF", "dst", "{dst} := this context")
@inline
def self_(m: Machine, x: Exec, i: Insn) -> None:
    """The number of the running context."""
    put(m, x, i.dst, x.ctx)


@row("CPU", "dst", "{dst} := this CPU", touches="cpu")
@inline
def cpu_(m: Machine, x: Exec, i: Insn) -> None:
    """The number of the executing CPU."""
    put(m, x, i.dst, x.cpu)


@row("RDPC", "dst a", "{dst} := program counter of context {a}", touches="frame")
@inline
def rdpc(m: Machine, x: Exec, i: Insn) -> None:
    """Where a suspended context will go on (for restartable sequences)."""
    ctx = reg(m, x, i.a)
    if usable(m, x, ctx):
        put(m, x, i.dst, m.state.pc[ctx])


@row("WRPC", "a b", "context {a} goes on at {b}", touches="frame")
@inline
def wrpc(m: Machine, x: Exec, i: Insn) -> None:
    """Rewind a suspended context (for restartable sequences)."""
    ctx = reg(m, x, i.a)
    if usable(m, x, ctx):
        m.state.pc[ctx] = reg(m, x, i.b)


@row("HALT", "", "interrupts on, and waits for one", cost=Cost.HALT, touches="cpu time")
@inline
def halt(m: Machine, x: Exec, i: Insn) -> None:
    """Atomically: enable interrupts and stop until one is accepted."""
    m.state.iflag[x.cpu] = 1
    m.state.halted[x.cpu] = 1
    x.stop = Stop.HALT


@row("ASSERT", "a imm", "asserts {a}", cost=Cost.ASSERT)
@inline
def assert_(m: Machine, x: Exec, i: Insn) -> None:
    """A finding unless a holds; `imm` is the number of the message."""
    if reg(m, x, i.a) == 0:
        fail(x, Finding.ASSERT, i.imm, 0)


@inline
def claim(x: Exec, holds: bool, message: int) -> None:
    """A finding with a message unless something holds."""
    if not holds:
        fail(x, Finding.ASSERT, message, 0)


@row("AEQ", "a B m", "asserts {a} == {B}", cost=Cost.ASSERT)
@inline
def aeq(m: Machine, x: Exec, i: Insn) -> None:
    """A finding unless equal."""
    claim(x, reg(m, x, i.a) == operand(m, x, i), i.t)


@row("ANE", "a B m", "asserts {a} != {B}", cost=Cost.ASSERT)
@inline
def ane(m: Machine, x: Exec, i: Insn) -> None:
    """A finding unless different."""
    claim(x, reg(m, x, i.a) != operand(m, x, i), i.t)


@row("AANY", "a B m", "asserts {a} & {B} is not 0", cost=Cost.ASSERT)
@inline
def aany(m: Machine, x: Exec, i: Insn) -> None:
    """A finding unless any of these bits is set."""
    claim(x, (reg(m, x, i.a) & operand(m, x, i)) != 0, i.t)


@row("ANONE", "a B m", "asserts {a} & {B} is 0", cost=Cost.ASSERT)
@inline
def anone(m: Machine, x: Exec, i: Insn) -> None:
    """A finding unless none of these bits is set."""
    claim(x, (reg(m, x, i.a) & operand(m, x, i)) == 0, i.t)


@row("ALT", "a B m", "asserts {a} < {B}", cost=Cost.ASSERT)
@inline
def alt(m: Machine, x: Exec, i: Insn) -> None:
    """A finding unless less."""
    claim(x, reg(m, x, i.a) < operand(m, x, i), i.t)


@row("ALE", "a B m", "asserts {a} <= {B}", cost=Cost.ASSERT)
@inline
def ale(m: Machine, x: Exec, i: Insn) -> None:
    """A finding unless less or equal."""
    claim(x, reg(m, x, i.a) <= operand(m, x, i), i.t)


@row("AGT", "a B m", "asserts {a} > {B}", cost=Cost.ASSERT)
@inline
def agt(m: Machine, x: Exec, i: Insn) -> None:
    """A finding unless greater."""
    claim(x, reg(m, x, i.a) > operand(m, x, i), i.t)


@row("AGE", "a B m", "asserts {a} >= {B}", cost=Cost.ASSERT)
@inline
def age(m: Machine, x: Exec, i: Insn) -> None:
    """A finding unless greater or equal."""
    claim(x, reg(m, x, i.a) >= operand(m, x, i), i.t)


@row("PANIC", "imm", "panics", cost=Cost.FREE)
@inline
def panic(m: Machine, x: Exec, i: Insn) -> None:
    """A finding; `imm` is the number of the message."""
    fail(x, Finding.PANIC, i.imm, 0)
