"""Carrier: the interrupt only quiets its line, and what is to be done is a continuation, run as a soft interrupt.

What
----
Every line below IPL_DIRECT has a soft interrupt of its own, at the soft level that belongs to its handlers. The
interrupt runs at its level as ever, on whatever it interrupted, but all it does is to schedule that. The handlers of
the line run when the soft level is let in: in the thread of that level, in situ, where they may take any lock of
threads. Then the line is opened. Lines at IPL_DIRECT and above run their handlers at once.

Why
---
Thomas's answer to interrupt threads, 2007: a hard interrupt should do what cannot wait, at its level, and schedule a
continuation for the rest. No hard level then has a thread, none can be blocked, and the levels of devices are up for
the time of a few instructions. It costs a mask of the line and its opening where the device could be quieted, and two
stack switches, which a traditional handler costs too if it leaves work to a soft interrupt.

The race
--------
A handler that finds its lock held by whom it interrupted lets it go on, as soft interrupts do; the line stays masked,
and other lines of the same soft level wait with it:

    cpu0
    cas m.word := victim        -- mutex_enter
    interrupt nic
    pic_mask(nic)
    softint_main
    intr_continue
    mutex_enter(m)
    turnstile_lend(softnet/0)
    switch_to(SOFTNET/0)        -- blocks: the frame beneath goes on
    mutex_exit(m)
    switch_to(softnet/0)        -- through the scheduler
    pic_unmask(nic)

Invariants
----------
1. A level-triggered line is masked from its interrupt until its handlers have run.
2. Handlers of lines below IPL_DIRECT run in the thread of a soft level, at that level.

Sources
-------
Matt Thomas, tech-kern, 2007-02-21.

Left out
--------
What the driver would do in its hard handler: look at the device and quiet it, and take a spin mutex for a moment. A
driver here has one handler, so the line is quieted in place of the device, and all of the handler is continuation.
Continuations on a work queue, which may sleep.
"""

from __future__ import annotations

from splx.kernel.interface.axes import (
    biglock_handler_enter,
    biglock_handler_exit,
    flow_end,
    intr_direct,
    softint_schedule,
    spl_level,
)
from splx.kernel.interface.levels import IPL_DIRECT, MARK_DONE, MARK_START
from splx.kernel.interface.lines import IntrHandler, IntrSource, continuations
from splx.kernel.interface.lwp import ci
from splx.lang.kernel import NULL, at, inline
from splx.machine.intrinsics import intr_disable, intr_enable, mark

__account__ = "intr"


@inline
def carrier_run(s: IntrSource, old: int) -> None:
    """Schedule what is to be done, at the level of the line; or do it."""
    if s.is_level >= IPL_DIRECT:
        intr_direct(s, old)
    else:
        intr_enable()
        softint_schedule(continuations.softint[s.is_irq])
        intr_disable()


def intr_continue(where: int) -> None:
    """The soft interrupt of the source at address `where`: run its handlers, and let its line go."""
    s = at(IntrSource, where)
    level = spl_level()
    ih = s.is_handlers
    while ih is not NULL:
        handler_continue(ih)
        assert spl_level() >= level, "handler returned at another level"
        ih = ih.ih_next
    intr_disable()
    flow_end(s)
    intr_enable()


@inline
def handler_continue(ih: IntrHandler) -> None:
    """Call one handler, and check what it leaves behind."""
    device = ih.ih_dev
    took = biglock_handler_enter(ih)
    mark(MARK_START, device, 0)
    l = ci.curlwp
    spins = ci.mtx_count
    holds = l.l_blcnt
    ih.ih_func(ih.ih_arg)
    assert ci.mtx_count == spins, "handler returned holding a spin mutex"
    assert l.l_locks == 0, "handler left a mutex held"
    assert l.l_blcnt == holds, "handler returned holding kernel_lock"
    if took:
        biglock_handler_exit(ih)
    if ih.ih_autodone != 0:
        mark(MARK_DONE, device, 0)
