"""Interrupts and what handles them: the tables between the controller and the handlers. The builder fills them.

Every reason to run a handler is an IntrSource: an irq, a soft level, kernel preemption, a poke from another
CPU. The arrival path looks the source up by irq; the log of deferred SPL by bit.
"""

from __future__ import annotations

from collections.abc import Callable

from splx.kernel.interface.levels import IRQ_MOVES, LEVELS, NBITS, NIRQ, SOFTS
from splx.kernel.interface.locks import Mutex
from splx.kernel.interface.lwp import Lwp
from splx.lang.kernel import Array, PerCpu, Struct, array, at, atomic, i8, i16, i64, inline, u8
from splx.machine.intrinsics import cas

MAXSOFTINTS = 16


class IntrHandler(Struct):
    """A handler of a line. Set when declared."""

    ih_func: Callable[[int], None]
    ih_arg: i64
    ih_level: u8
    ih_mpsafe: u8  # 0: wants the big lock
    ih_dev: i16 = -1  # device whose items it serves, for marks; NODEV
    ih_autodone: u8  # 1: on return everything it popped is done
    # set when declared; where handlers are removed, written under the lock of the line and read without
    ih_next: IntrHandler = atomic()  # falling by level
    ih_flags: u8 = atomic()  # events: see there


class IntrSource(Struct):
    """A reason to interrupt a CPU.

    A device's irq is routed to one CPU, so `is_held` is that CPU's; others never use it. Where lines move, each CPU has
    one of its own (`heldlines`).
    """

    # set when declared
    is_run: Callable[[IntrSource], None]  # entry function of the frame
    is_handlers: IntrHandler = atomic()  # as `ih_next` there
    is_irq: i16
    is_level: u8  # the highest of its handlers: admitted when the CPU is below
    is_minlevel: u8  # the lowest of its handlers: replayed when the CPU is below
    is_bit: i8  # its bit in the log, and in the set of held lines of an interrupt thread
    is_trigger: u8  # 1: level-triggered
    is_soft: u8  # soft level, for softint_run
    is_lwp: Lwp  # interrupt threads by source
    # its thread, and whoever interrupts for it
    is_need: u8 = atomic()  # the thread has something to do
    # the CPU that takes it, interrupts off
    is_held: u8  # quieted by `flow_hold`; `flow_release` undoes it: see `line_held`


class IrqAction(Struct):
    """Interrupt threads by handler: one, and its thread."""

    # set when declared
    ia_handler: IntrHandler
    ia_lwp: Lwp
    ia_desc: IrqDesc
    ia_bit: i64  # its bit in `id_oneshot`
    ia_next: IrqAction
    # whoever interrupts for it sets it, the thread clears it
    ia_run: u8 = atomic()  # RUNTHREAD: the handler is to be called


class IrqDesc(Struct):
    """Interrupt threads by handler: a line."""

    # set when declared
    id_lock: Mutex
    id_action: IrqAction
    id_irq: i16
    id_level: u8  # 1: level-triggered
    # written under id_lock; a thread that waits for it looks without
    id_inprogress: u8 = atomic()  # an interrupt is on its way through the actions
    # the interrupt while it is in progress; then under id_lock
    id_oneshot: i64  # actions for which the line stays masked; events: how often it is masked


class DescTable(Struct):
    """Interrupt threads by handler: the lines, by irq."""

    desc: Array[IrqDesc] = array(NIRQ)


class IntrFilter(Struct):
    """A handler with a filter, which looks at the device first and says whether the handler is wanted."""

    # set when declared
    if_filter: Callable[[int], bool]
    if_func: Callable[[int], None]  # the handler
    if_arg: i64  # of both
    if_dev: i16
    if_autodone: u8
    if_next: IntrFilter  # of the line
    # who runs the filter sets it, who runs the handler clears it
    if_wanted: u8 = atomic()


class FilterTable(Struct):
    """Where filters are run by themselves: those of each line, by irq."""

    first: Array[IntrFilter] = array(NIRQ)
    others: Array[u8] = array(NIRQ)  # 1: a handler of the line has none


class IntrTable(Struct):
    """Sources by irq."""

    line: Array[IntrSource] = array(NIRQ)


class SoftTable(Struct):
    """Sources of the soft levels and of preemption; and the vectors by which a CPU asks itself for them."""

    source: Array[IntrSource] = array(SOFTS)
    vector: Array[u8] = array(SOFTS)  # eager SPL only


class HeldTable(PerCpu):
    """What a bit stands for in the log of deferred SPL, and in the set of lines that wait for an interrupt thread."""

    source: Array[IntrSource] = array(NBITS)
    unmasked: Array[i64] = array(LEVELS)  # bits of sources all of whose handlers are above a level
    softbit: Array[i64] = array(SOFTS)  # 1 << bit of a soft level


class HeldLines(PerCpu):
    """Where lines move: `is_held` of this CPU, by irq. An edge may be held on one CPU and in service on another."""

    held: Array[u8] = array(NIRQ)


class IntrCpu(PerCpu):
    """Contexts for interrupts of each level on this CPU. -1 for IPL_PREEMPT: the running thread's `l_preempt`."""

    frame: Array[i16] = array(LEVELS)


class Softint(Struct):
    """softint(9): a handler that a driver may have run soon, on the CPU where it asks."""

    # set when declared
    si_func: Callable[[int], None]
    si_arg: i64
    si_soft: u8  # soft level
    si_mpsafe: u8  # 0: runs with the big lock
    si_index: i8  # its place in SoftintTable
    si_dev: i16 = -1  # for marks
    si_autodone: u8
    # 2006: guarded by the lock of its level
    si_pending: u8
    si_next: Softint


class SoftintTable(Struct):
    """All softints, by si_index."""

    softint: Array[Softint] = array(MAXSOFTINTS)


class ContinueTable(Struct):
    """Continuations: the soft interrupt that runs the handlers of a line, by irq."""

    softint: Array[Softint] = array(NIRQ)


class SoftThreads(PerCpu):
    """Pinned softints: the thread of each soft level."""

    lwp: Array[Lwp] = array(SOFTS)


class IntrThreads(PerCpu):
    """Interrupt threads: that of each hard level; of several, the first that is free, the others by `l_next`."""

    lwp: Array[Lwp] = array(LEVELS)


intr = IntrTable()
irqdescs = DescTable()
soft = SoftTable()
held = HeldTable()
heldlines = HeldLines()
intrcpu = IntrCpu()
softints = SoftintTable()
filters = FilterTable()
continuations = ContinueTable()
softcpu = SoftThreads()
ithreadcpu = IntrThreads()


def intr_filtered(where: int) -> None:
    """What stands in the place of the handler of the IntrFilter at address `where`: the one, and then the other."""
    f = at(IntrFilter, where)
    wanted = f.if_filter
    func = f.if_func
    if wanted(f.if_arg):
        func(f.if_arg)


def intr_called(where: int) -> None:
    """The same, where the filter has run before, and whoever has a handler on the line is called: the handler."""
    f = at(IntrFilter, where)
    func = f.if_func
    func(f.if_arg)


def intr_wanted(where: int) -> None:
    """The same, where the filter has run before: the handler, once if it was wanted since, however often."""
    f = at(IntrFilter, where)
    func = f.if_func
    if cas(f.if_wanted, 1, 0):
        func(f.if_arg)


@inline
def line_held(s: IntrSource) -> int:
    """1 if this CPU holds `s`. Interrupts off."""
    if IRQ_MOVES != 0:
        return heldlines.held[s.is_irq]
    return s.is_held


@inline
def line_hold(s: IntrSource, held_: int) -> None:
    """This CPU holds `s`, 1, or does so no more, 0. Interrupts off."""
    if IRQ_MOVES != 0:
        heldlines.held[s.is_irq] = held_
    else:
        s.is_held = held_
