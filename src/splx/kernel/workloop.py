"""Carrier: work loops. The interrupt disables its line by a word and signals; a thread runs the actions.

What
----
A line has a work loop: a thread, and a gate that is closed while an action runs. The interrupt marks the line as
disabled, says that there is work, and wakes the thread. It does not touch the controller but to end the interrupt. Only
if the line interrupts again while it is marked is it masked. The thread closes the gate, runs the actions (handlers) of
its line until there is no more work, enables the line after each round, opens the gate, and waits. Lines at IPL_DIRECT
and above run their handlers at once.

An action may have a filter, which the interrupt calls: it looks at the device, may quiet it or take what is there, and
says whether its action is wanted. If none of the line's is, nothing is disabled and nobody is woken.

Why
---
Whatever a driver does runs on one thread or behind the same gate, so a driver needs no locks of its own between its
interrupts, its timers and its callers. A line that a filter has quieted, or that is an edge, costs no access to mask it
and none to open it. One that is still asserted interrupts twice each time: the second time masks it.

The race
--------
The thread may run on another CPU than the one that is interrupted. It clears the mark, and an interrupt that has seen
it set is about to mask the line. So the thread waits for whatever interrupt is active before it looks whether the line
was masked:

    without the wait:
    cpu0                                cpu1
    interrupt audio
    switch_to(irq/audio)
    interrupt nic
    vectors.of[0].soft := 1
    signal_work returns
    pic_eoi(nic)
                                        switch_to(irq/nic)
    interrupt nic               -- it is asserted still
    reads vectors.of[0].soft: 1
                                        nic_intr
                                        vectors.of[0].soft := 0
                                        reads vectors.of[0].hard: 0
                                        run_actions returns
    pic_mask(nic)
    vectors.of[0].hard := 1
    pic_eoi(nic)
    vectors.of[0].hard is 1     -- and nobody looks again

An interrupt says that it is active with a locked operation: a plain store could be seen too late. And the thread
waits until it is seen that it needs no work any more, before its handlers look: a store in a buffer would wipe out what
an interrupt says meanwhile.

A filter that has done it all leaves nothing to a thread:

    cpu0
    interrupt nic
    nic_filter
    nic_filter returns 0
    filter_wants returns 0
    pic_eoi(nic)
    intr_leave

Invariants
----------
1. A line that is masked is marked as masked, but for an interrupt that is at it, or the thread.
2. A level-triggered line is disabled from its interrupt until its handlers have run.
3. Whoever waits for work is asleep; there is work only while somebody is on the way to wake it.
4. Actions of a work loop run behind its gate, and return with nothing but that: at IPL_NONE, and preemption as it was.
5. An action whose filter has wanted it is called afterwards, and one that has a filter only then.

Sources
-------
XNU @e3723e1f iokit/Kernel: IOInterruptController.cpp, IOInterruptEventSource.cpp, IOFilterInterruptEventSource.cpp
(normalInterruptOccurred, disableInterruptOccurred), IOWorkLoop.cpp (signalWorkAvailable, threadMain, closeGate). There
the word that a line was masked is set before it is masked; in this order a thread that comes between the two would open
the line first. And there neither store is waited for.

Left out
--------
Several sources on one work loop, and counts of what they have produced and consumed: the handlers of a line take all
there is. Callers that close the gate, and who sleeps with it open, are in gate. The limit on how long a work loop keeps
a lock.
"""

from __future__ import annotations

from splx.kernel.interface.axes import intr_direct
from splx.kernel.interface.gates import gates
from splx.kernel.interface.left import filter_left, ithread_left, ithread_level, line_enter, line_exit
from splx.kernel.interface.levels import FILTERS, IPL_DIRECT, IRQ_MOVES, MARK_DONE, MARK_START, NIRQ
from splx.kernel.interface.lines import IntrFilter, IntrHandler, IntrSource, filters
from splx.kernel.interface.locks import mutex_sleep_enter, mutex_sleep_exit, mutex_spin_exit
from splx.kernel.interface.lwp import LSSLEEP, LW_NOSLEEP, Lwp, ci
from splx.kernel.interface.sched import lwp_lock, lwp_unlock, mi_switch, setrunnable
from splx.lang.kernel import NULL, Array, Struct, addr, array, at, atomic, embedded, inline, invariant, spin_while, u8
from splx.machine.intrinsics import fence, mark, pic_eoi, pic_mask, pic_unmask, swap

__account__ = "intr"


class Vector(Struct):
    """IOInterruptVector: a line."""

    active: u8 = atomic()  # an interrupt is on its way through
    soft: u8 = atomic()  # disabled, by this word
    hard: u8 = atomic()  # and by the controller


class VectorTable(Struct):
    """By irq."""

    of: Array[Vector] = embedded(array(NIRQ))


vectors = VectorTable()


@inline
def flow_enter(s: IntrSource) -> None:
    """Nothing: the line is in service."""


@inline
def flow_leave(s: IntrSource) -> None:
    """The handlers of a line without a work loop have run: end the interrupt."""
    pic_eoi(s.is_irq)


@inline
def carrier_run(s: IntrSource, old: int) -> None:
    """What has no work loop runs here and now."""
    if s.is_level >= IPL_DIRECT:
        intr_direct(s, old)
    else:
        handle_interrupt(s, vectors.of[s.is_irq])


def handle_interrupt(s: IntrSource, v: Vector) -> None:
    """The primary interrupt. Interrupts off."""
    swap(v.active, 1)
    if v.soft != 0:
        pic_mask(s.is_irq)
        v.hard = 1
    elif FILTERS == 0 or filter_wants(s):
        v.soft = s.is_trigger
        signal_work(s)
    v.active = 0
    pic_eoi(s.is_irq)


def filter_wants(s: IntrSource) -> bool:
    """Call all filters of the line, and note whose action is wanted; whether one is. Interrupts off."""
    wants = filters.others[s.is_irq] != 0
    depth = ci.idepth
    ci.idepth = depth + 1
    line_enter(s)
    f = filters.first[s.is_irq]
    while f is not NULL:
        wants = filter_call(f) or wants
        filter_left(s)
        f = f.if_next
    line_exit(s)
    ci.idepth = depth
    return wants


def filter_call(f: IntrFilter) -> bool:
    """One filter, and what it leaves behind."""
    mark(MARK_START, f.if_dev, 0)
    spins = ci.mtx_count
    look = f.if_filter
    wanted = look(f.if_arg)
    assert ci.mtx_count == spins, "filter returned holding a spin mutex"
    if wanted:
        f.if_wanted = 1
    elif f.if_autodone != 0:
        mark(MARK_DONE, f.if_dev, 0)
    return wanted


def signal_work(s: IntrSource) -> None:
    """signalWorkAvailable: there is work for the loop of `s`, which is woken if it waits."""
    s.is_need = 1
    l = s.is_lwp
    lwp_lock(l)
    lock = l.l_mutex
    if l.l_wchan == addr(s):
        l.l_wchan = 0
        setrunnable(l)  # afterwards another lock guards it
    mutex_spin_exit(lock)


def ithread_loop(where: int) -> None:
    """threadMain, of the line whose source is at address `where`."""
    s = at(IntrSource, where)
    l = ci.curlwp
    while True:
        mutex_sleep_enter(gates.of[s.is_irq])
        while s.is_need != 0:
            s.is_need = 0  # before the handlers look: what comes after their look sets it again
            fence()
            run_actions(s, l)
        mutex_sleep_exit(gates.of[s.is_irq])
        workloop_wait(s, l)


def run_actions(s: IntrSource, l: Lwp) -> None:
    """A round of the handlers, and then the line is enabled."""
    ih = s.is_handlers
    while ih is not NULL:
        action_call(ih, l)
        ih = ih.ih_next
    if s.is_trigger != 0:
        enable_interrupt(s, vectors.of[s.is_irq])


@inline
def action_call(ih: IntrHandler, l: Lwp) -> None:
    """One handler, and what it leaves behind."""
    mark(MARK_START, ih.ih_dev, 0)
    l.l_flag |= LW_NOSLEEP
    ih.ih_func(ih.ih_arg)
    l.l_flag &= ~LW_NOSLEEP
    ithread_left(l, 1)
    if ih.ih_autodone != 0:
        mark(MARK_DONE, ih.ih_dev, 0)


def enable_interrupt(s: IntrSource, v: Vector) -> None:
    """Take the mark away, wait for an interrupt that has seen it, and open the line if that has masked it."""
    v.soft = 0
    fence()
    spin_while(v.active != 0)
    if v.hard != 0:
        v.hard = 0
        pic_unmask(s.is_irq)


def workloop_wait(s: IntrSource, l: Lwp) -> None:
    """Wait for work. The look is under the lock that whoever signals takes to wake it."""
    lwp_lock(l)
    ithread_level()
    if s.is_need != 0:
        lwp_unlock(l)
    else:
        l.l_stat = LSSLEEP
        l.l_wchan = addr(s)
        mi_switch()


@invariant()
def workloop_always(s: IntrSource) -> bool:
    """3, while nobody has the lock of the thread and no interrupt is on its way.

    An edge that was moved may be on its way on two CPUs, and the first to be through says so for both.
    """
    l = s.is_lwp
    if l is NULL or l.l_mutex is NULL or l.l_mutex.word != 0 or l.l_wchan != addr(s):
        return True
    if IRQ_MOVES != 0 and s.is_trigger == 0:
        return l.l_stat == LSSLEEP
    return l.l_stat == LSSLEEP and (s.is_need == 0 or vectors.of[s.is_irq].active != 0)
