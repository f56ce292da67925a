"""Carrier: a notification for each line, and a thread that waits for it and acknowledges when it has looked.

What
----
The interrupt is an entry of the kernel: it makes the thread ready that waits for the notification of its line, or sets
a bit there if nobody does; masks the line, ends the interrupt and leaves. The thread runs the handlers of the line, and
acknowledges: another entry, which opens the line. Then it waits again, which takes the bit if it is set. What comes for
a notification that is set already sets it again: it is a word and not a queue. Who was waiting has what came with the
wakeup, and does not enter the kernel to look. Lines at IPL_DIRECT and above are the kernel's own timer's: their
handlers run at once.

Why
---
A driver is a process like any other; all that the kernel does for it is to remember that something came. How much of
the CPU its interrupts may take is a matter of its priority, since its line stays shut until it has had its turn.

The race
--------
The thread looks and goes to sleep in one entry, and the interrupt sets and wakes in another, so one comes first:

    cpu0
    interrupt nic
    nic_intr
    irq_ack
    pic_unmask(nic)
    irq_ack returns
    interrupt nic               -- before the thread waits again
    signal
    signal returns              -- nobody waits
    wait
    wait returns                -- at once
    nic_intr

Invariants
----------
1. A level-triggered line is masked from its interrupt until it is acknowledged.
2. Who waits for a notification is asleep, and it is not set.
3. A handler returns with no lock, and preemption as it was.

Sources
-------
seL4 src/object/interrupt.c, notification.c @1326364b (handleInterrupt, sendSignal, receiveSignal,
invokeIRQHandler_AckIRQ).

Left out
--------
The crossings between user mode and the kernel, four for each interrupt: threads here are the kernel's. Scheduling
contexts and their budgets. Several threads on one notification, and what a badge tells them apart by.
"""

from __future__ import annotations

from splx.kernel.interface.axes import intr_direct
from splx.kernel.interface.left import ithread_left
from splx.kernel.interface.levels import IPL_DIRECT, MARK_DONE, MARK_START
from splx.kernel.interface.lines import IntrHandler, IntrSource
from splx.kernel.interface.lwp import LSSLEEP, LW_NOSLEEP, Lwp, ci
from splx.kernel.interface.sched import lwp_lock, lwp_unlock, mi_switch, setrunnable
from splx.lang.kernel import NULL, addr, at, inline, invariant
from splx.machine.intrinsics import mark, pic_eoi, pic_mask, pic_unmask

__account__ = "intr"


@inline
def flow_enter(s: IntrSource) -> None:
    """Nothing: what becomes of the line is decided in the kernel."""


@inline
def flow_leave(s: IntrSource) -> None:
    """The handlers of a line of the kernel's have run: end the interrupt."""
    pic_eoi(s.is_irq)


@inline
def carrier_run(s: IntrSource, old: int) -> None:
    """handleInterrupt: the timer's here and now, anybody else's is signalled."""
    if s.is_level >= IPL_DIRECT:
        intr_direct(s, old)
    else:
        signal(s, s.is_lwp)


def signal(s: IntrSource, l: Lwp) -> None:
    """sendSignal, and quiet the line. Interrupts off."""
    lwp_lock(l)
    if l.l_wchan == addr(s):
        l.l_wchan = 0
        setrunnable(l)
    else:
        s.is_need = 1
    if s.is_trigger != 0:
        pic_mask(s.is_irq)
    pic_eoi(s.is_irq)
    lwp_unlock(l)


def ithread_loop(where: int) -> None:
    """The driver of the line whose source is at address `where`. Waits from the beginning, and runs when signalled."""
    s = at(IntrSource, where)
    l = ci.curlwp
    while True:
        ih = s.is_handlers
        while ih is not NULL:
            driver_call(ih, l)
            ih = ih.ih_next
        if s.is_trigger != 0:
            irq_ack(s, l)
        wait(s, l)


def wait(s: IntrSource, l: Lwp) -> None:
    """receiveSignal: take it if there is one; else until there is."""
    lwp_lock(l)
    if s.is_need != 0:
        s.is_need = 0
        lwp_unlock(l)
    else:
        l.l_stat = LSSLEEP
        l.l_wchan = addr(s)
        mi_switch()


def irq_ack(s: IntrSource, l: Lwp) -> None:
    """IRQHandler_Ack: open the line."""
    lwp_lock(l)
    pic_unmask(s.is_irq)
    lwp_unlock(l)


@inline
def driver_call(ih: IntrHandler, l: Lwp) -> None:
    """One handler, and what it leaves behind."""
    mark(MARK_START, ih.ih_dev, 0)
    l.l_flag |= LW_NOSLEEP
    ih.ih_func(ih.ih_arg)
    l.l_flag &= ~LW_NOSLEEP
    ithread_left(l, 0)
    if ih.ih_autodone != 0:
        mark(MARK_DONE, ih.ih_dev, 0)


@invariant()
def notification_always(s: IntrSource) -> bool:
    """2, while nobody is in the kernel."""
    l = s.is_lwp
    if l is NULL or l.l_mutex.word != 0 or l.l_wchan != addr(s):
        return True
    return l.l_stat == LSSLEEP and s.is_need == 0
