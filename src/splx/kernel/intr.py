"""Interrupts: the one path from the controller to a handler, the same in every design.

What
----
An accepted irq takes the CPU into its trap context with interrupts off. There its source is looked up. If the
level forbids it, it is held: logged by the mask, quieted by the flow, and the trap is over. Otherwise the trap
context becomes the frame of the source's level, which raises the level, lets the carrier run the handlers, and
leaves: back to the interrupted context, or on to the frame of the next source that was held above the level it
returns to.

    trap     intr_entry:  mask_admits?  no: mask_hold, flow_hold, return
                                        yes: flow_enter, become the frame
    frame    intr_run:    mask_enter, carrier_run, intr_leave

Why
---
There is one frame for each (CPU, level), and not a stack: an irq is admitted only above the level, so a frame
is never asked for while it is in use, and the depth is bounded by the number of levels. What a frame finds to
do on its way out it does *in its own place* (`become`), never on top of itself.

A line may be sent to another CPU while the system runs (`interrupt_distribute`). Then every CPU has a frame for it. A
level-triggered line is quiet until its handlers have run, wherever that is; an edge may come on the new CPU while its
handlers run on the old one. What happens then is up to who runs them: in frames, or threads of the levels of a CPU,
they run on both (the driver's lock keeps them apart); a thread of the line runs them once more; and see irq_chip and
kinterrupt, under which no two CPUs run them.

Pokes and soft levels come as irqs too, from another CPU or from this one. They are edges of the local
controller, ended at once whatever the flow of devices is.

The race
--------
Between the trap and the raised level, interrupts stay off; the frame turns them on only when the level is up:

    cpu0
    interrupt nic               -- interrupts off
    pic_mask(nic)               -- flow_enter
    intr_run
    mask_enter
    spl.ilevel := IPL_NET
    intr_enable()
    interrupt audio             -- only of a higher level

Invariants
----------
1. A frame of level n runs at level n or above, and leaves at the level it interrupted.
2. A handler never lowers the level below that of its entry, and returns with the level, the spin mutexes, the holds of
   the big lock and the count of preemption that it was called with. If what it interrupted holds a spin mutex of a
   lower level, one that it took itself and released may have left a higher level: that of a CPU falls with its last
   one. Leaving the frame undoes it.
3. A line is quiet from `flow_enter` until all its handlers have run, or it is held.

Sources
-------
NetBSD sys/arch/amd64/amd64/vector.S @01432510: INTRSTUB, Xdoreti; sys/arch/x86/x86/intr.c @002032ca. Checks
after a handler: the ARM dispatcher, sys/arch/arm/pic/pic.c, and softint_execute, sys/kern/kern_softint.c
@003a4241.

Left out
--------
Stray irqs (a system has none by construction; one would stop the run). Setting the level of each handler within
a chain: the whole chain runs at the level of the line, as in 2006. Interrupt stacks and their depth in bytes.
"""

from __future__ import annotations

from splx.kernel.interface.axes import (
    biglock_handler_enter,
    biglock_handler_exit,
    biglock_line_enter,
    biglock_line_exit,
    carrier_run,
    flow_end,
    flow_enter,
    flow_hold,
    flow_keep,
    frame_of,
    intr_leave,
    ipi_resched,
    kpreempt,
    mask_admits,
    mask_enter,
    mask_hold,
    spl_level,
)
from splx.kernel.interface.left import line_check, line_enter, line_exit
from splx.kernel.interface.levels import IPI_BASE, IPL_FLAG, MARK_DONE, MARK_HELD, MARK_START, NO_FLAG, NODEV
from splx.kernel.interface.lines import IntrHandler, IntrSource, intr, line_held
from splx.kernel.interface.lwp import ci, splfloor_enter, splfloor_exit
from splx.lang.kernel import NULL, Handle, entry, inline, number_of, panic
from splx.machine.intrinsics import become, intr_disable, intr_enable, mark, pic_eoi, pic_route

__account__ = "intr"


@entry
def intr_entry(irq: int) -> None:
    """Entry of the trap context. Interrupts are off, and stay off until a frame has raised the level."""
    s = intr.line[irq]
    if s is NULL:
        panic("intr: an irq that nobody expects", irq)
    if irq >= IPI_BASE:
        pic_eoi(irq)
        if not mask_admits(s):
            mask_hold(s)
            return
    else:
        if not mask_admits(s):
            mask_hold(s)
            flow_hold(s)
            mark(MARK_HELD, irq, 0)
            return
        flow_enter(s)
    become(frame_of(s), s.is_run, s)


@entry
def intr_run(s: IntrSource) -> None:
    """The frame of a device line.

    It was admitted, so what it interrupted was below it, whatever the word says: eager SPL raises the word before the
    hardware, and this may have come between the two. The word is what to go back to all the same.
    """
    level = s.is_level
    old = mask_enter(level)
    carrier_run(s, min(old, level - 1))
    intr_leave(old)


@entry
def ipi_run(s: IntrSource) -> None:
    """The frame of a poke from another CPU."""
    old = mask_enter(s.is_level)
    if IPL_FLAG == NO_FLAG:
        intr_enable()
    ipi_resched()
    intr_disable()
    intr_leave(old)


@entry
def preempt_run(s: IntrSource) -> None:
    """In the `l_preempt` of the running thread. It may come back on another CPU; its level there is `old` as well."""
    old = mask_enter(s.is_level)
    intr_enable()
    kpreempt()
    intr_disable()
    intr_leave(old)


def interrupt_distribute(device: Handle, cpu: int) -> None:
    """Write the CPU into the controller's entry for the line. All else is up to the flow of the line."""
    pic_route(intr.line[number_of(device)].is_irq, cpu)


@inline
def handle_irq(s: IntrSource, old: int) -> None:
    """Nothing else."""
    intr_direct(s, old)


@inline
def intr_direct(s: IntrSource, old: int) -> None:
    """Run the handlers of `s` in this frame. Called and returns with interrupts off.

    If one of them must wait for its level the whole chain does, and those above it will run again.
    """
    depth = ci.idepth
    ci.idepth = depth + 1
    line_enter(s)
    if IPL_FLAG == NO_FLAG:
        intr_enable()
    took = biglock_line_enter(s, old)
    if intr_chain(s, old):
        intr_done(s, took, depth)
        flow_end(s)
    else:
        intr_done(s, took, depth)
        mask_hold(s)
        if line_held(s) == 0:
            flow_keep(s)


@inline
def intr_done(s: IntrSource, took: bool, depth: int) -> None:  # noqa: FBT001 - kernel code has no keyword arguments
    """The handlers of `s` have run, as many as may: undo what was done before them."""
    if took:
        biglock_line_exit(s)
    intr_disable()
    line_check(s)
    line_exit(s)
    ci.idepth = depth


@inline
def intr_chain(s: IntrSource, old: int) -> bool:
    """Run the handlers of `s`, highest level first, down to those that level `old` forbids; whether that was all."""
    ih = s.is_handlers
    while ih is not NULL:
        if ih.ih_level <= old:
            return False
        handler_call(ih, s.is_level)
        ih = ih.ih_next
    return True


@inline
def intr_stray() -> None:
    """Nobody counts them."""


@inline
def handler_call(ih: IntrHandler, level: int) -> None:
    """Call one handler, and check what it leaves behind."""
    device = ih.ih_dev
    took = biglock_handler_enter(ih)
    if device != NODEV:
        mark(MARK_START, device, 0)
    l = ci.curlwp
    spins = ci.mtx_count
    holds = l.l_blcnt
    ci.locks_under[level] = l.l_locks
    ci.simple_under[level] = ci.simple_locks
    splfloor_enter(l, level)
    ih.ih_func(ih.ih_arg)
    splfloor_exit(l, level)
    assert ci.mtx_count == spins, "handler returned holding a spin mutex"
    assert ci.simple_locks == ci.simple_under[level], "handler returned holding a simple lock"
    assert l.l_locks == ci.locks_under[level], "handler left a mutex held"
    assert l.l_blcnt == holds, "handler returned holding kernel_lock"
    assert spl_level() == level or (spins != 0 and spl_level() > level), "handler returned at another level"
    if took:
        biglock_handler_exit(ih)
    if ih.ih_autodone != 0:
        mark(MARK_DONE, device, 0)
