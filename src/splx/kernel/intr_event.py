"""Carrier: an interrupt thread for each line, which the scheduler runs like any other, only before them.

What
----
The interrupt itself calls the filters of its line, with interrupts off. A filter looks at its device, may take what is
there, and says whether its handler is wanted; a handler without one always is. If one is wanted the interrupt quiets
its line, says in the line's event that its thread is needed, and wakes that thread if it waits; else it ends. At
IPL_DIRECT and above lines have no thread: what is called a handler elsewhere is a filter, which does all there is.

The thread has a priority above all others' and its own stack: it is switched to on the way out of the interrupt if it
is better than what was interrupted, it may be preempted by a better one, it may block on any mutex, and it may run on
another CPU than the one that was interrupted. It runs all handlers of its line, those whose filters did not want them
among them, opens the line, and looks again whether it is needed before it waits.

With INTR_STORM_THRESHOLD a line that is needed again each time its handlers have run, so often without a rest, is a
storm: from then on the thread sleeps for a tick before it opens the line, until it has once found nothing to do.

Why
---
A handler that is a thread needs no rules of its own: locks, priorities and blame are those of threads. It costs two
switches through the scheduler, and two accesses to the controller, that a borrowed thread does not (see ithread).

The race
--------
The interrupt says that the thread is needed, and then looks whether it waits. The thread looks whether it is needed,
and looks again, under the lock that the interrupt takes, before it says that it waits:

    cpu0
    interrupt nic
    ithread_execute_handlers
    ithread_wait                -- it was not needed a moment ago
    interrupt nic
    intr_event_schedule_thread  -- it does not wait
    intr_event_schedule_thread returns
    ithread_wait returns        -- at once
    ithread_execute_handlers

Without the second look it would wait for a line that only it can open.

Invariants
----------
1. Whoever waits for the line of an event is asleep. It is needed only while somebody is on the way to wake it.
2. A level-triggered line is masked while its thread is needed or runs its handlers.
3. A handler returns at its level, with no mutex, no spin mutex, no hold of Giant and no count of preemption that it
   was not called with.
4. With INTR_STORM_THRESHOLD, a line has no more than so many passes without a rest before each pause of a tick.

Sources
-------
FreeBSD sys/kern/kern_intr.c @013ea0bf: intr_event_handle, intr_event_schedule_thread, ithread_execute_handlers,
ithread_loop. hw.intr_storm_threshold was 500 in 2004, 1000 from about 2007, and is 0, never, today.

Left out
--------
Entropy, statistics. Network epochs. Binding of an event to a CPU: its thread runs where the line is routed. That a
filter may say that it has dealt with some of it and wants its handler besides, which does not wake the thread there.
"""

from __future__ import annotations

from splx.kernel.interface.axes import (
    biglock_handler_enter,
    biglock_handler_exit,
    flow_defer,
    flow_done,
    flow_end,
    handler_call,
    spl_level,
)
from splx.kernel.interface.callout import IntrStorm, storms, timeout_sleep
from splx.kernel.interface.events import IH_DEAD, IH_FILTER, IH_FREED, ie_bury, ie_enter, ie_exit, ie_stray
from splx.kernel.interface.left import filter_left, ithread_left, line_enter, line_exit
from splx.kernel.interface.levels import (
    FILTERS,
    INTR_REMOVES,
    INTR_STORM_THRESHOLD,
    IPL_DIRECT,
    IPL_NONE,
    MARK_DONE,
    MARK_START,
    NODEV,
)
from splx.kernel.interface.lines import IntrFilter, IntrHandler, IntrSource
from splx.kernel.interface.locks import mutex_spin_exit
from splx.kernel.interface.lwp import LSSLEEP, LW_NOSLEEP, Lwp, ci
from splx.kernel.interface.sched import lwp_lock, lwp_unlock, mi_switch, setrunnable
from splx.lang.kernel import NULL, Struct, addr, at, i64, inline, invariant, stat
from splx.machine.intrinsics import cas, intr_disable, intr_enable, mark

__account__ = "intr"


class StormEvents(Struct):
    """What is written in the log."""

    storms: i64 = stat()  # "interrupt storm detected": pauses that a line was given


storm_ev = StormEvents()


@inline
def carrier_run(s: IntrSource, old: int) -> None:
    """The flag was on: no level forbids any handler."""
    if INTR_REMOVES != 0 and s.is_handlers is NULL:
        ie_stray(s)
    else:
        intr_event_handle(s)


def intr_event_handle(s: IntrSource) -> None:
    """Filters here and now; for all else the thread of the line. Interrupts off."""
    phase = ie_enter(s)
    wanted = intr_event_filters(s)
    ie_exit(s, phase)
    if wanted:
        flow_defer(s)
        intr_event_schedule_thread(s)
    else:
        flow_done(s)


@inline
def intr_event_filters(s: IntrSource) -> bool:
    """Call the filters of the line; whether its thread is wanted."""
    depth = ci.idepth
    ci.idepth = depth + 1
    if FILTERS != 0:
        line_enter(s)
    wanted = False
    ih = s.is_handlers
    while ih is not NULL:
        if s.is_level >= IPL_DIRECT:
            handler_call(ih, s.is_level)
        elif FILTERS == 0 or ih.ih_flags & IH_FILTER == 0:
            wanted = True
        else:
            wanted = filter_call(at(IntrFilter, ih.ih_arg)) or wanted
            filter_left(s)
        assert INTR_REMOVES == 0 or ih.ih_flags & IH_FREED == 0, "an interrupt is at a handler that was freed"
        ih = ih.ih_next
    if FILTERS != 0:
        line_exit(s)
    ci.idepth = depth
    return wanted


def filter_call(f: IntrFilter) -> bool:
    """One filter, and what it leaves behind."""
    mark(MARK_START, f.if_dev, 0)
    spins = ci.mtx_count
    look = f.if_filter
    wanted = look(f.if_arg)
    assert ci.mtx_count == spins, "filter returned holding a spin mutex"
    if not wanted and f.if_autodone != 0:
        mark(MARK_DONE, f.if_dev, 0)
    return wanted


def intr_event_schedule_thread(s: IntrSource) -> None:
    """Say that the thread of `s` is needed, and wake it if it waits for that. Not for a line without handlers."""
    if INTR_REMOVES != 0 and s.is_handlers is NULL:
        return
    s.is_need = 1
    l = s.is_lwp
    lwp_lock(l)
    lock = l.l_mutex
    if l.l_wchan == addr(s):
        l.l_wchan = 0
        setrunnable(l)  # afterwards another lock guards it
    mutex_spin_exit(lock)


def ithread_loop(where: int) -> None:
    """The thread of the source at address `where`."""
    s = at(IntrSource, where)
    l = ci.curlwp
    while True:
        while cas(s.is_need, 1, 0):
            ithread_execute_handlers(s)
        ithread_wait(s, l)


def ithread_execute_handlers(s: IntrSource) -> None:
    """All handlers of the line, and then open it."""
    ih = s.is_handlers
    while ih is not NULL:
        after = ih.ih_next
        if INTR_REMOVES != 0 and ih.ih_flags & IH_DEAD != 0:
            ie_bury(s, ih)
        else:
            ithread_call(ih)
        ih = after
    if INTR_STORM_THRESHOLD != 0:
        ithread_storm(storms.line[s.is_irq])
    intr_disable()
    assert spl_level() == IPL_NONE, "interrupt thread returned at another level"
    flow_end(s)
    intr_enable()


@inline
def ithread_call(ih: IntrHandler) -> None:
    """One handler, with Giant if it needs that; and what it leaves behind."""
    device = ih.ih_dev
    took = biglock_handler_enter(ih)
    if device != NODEV:
        mark(MARK_START, device, 0)
    l = ci.curlwp
    l.l_flag |= LW_NOSLEEP
    ih.ih_func(ih.ih_arg)
    l.l_flag &= ~LW_NOSLEEP
    if took:
        biglock_handler_exit(ih)
    ithread_left(l, 0)
    if ih.ih_autodone != 0:
        mark(MARK_DONE, device, 0)


@inline
def ithread_storm(storm: IntrStorm) -> None:
    """A line that has interrupted too often without a rest stays shut for a tick more."""
    if storm.ie_count >= INTR_STORM_THRESHOLD:
        storm_ev.storms += 1
        timeout_sleep(storm.ie_pause, 1)
    else:
        storm.ie_count += 1


def ithread_wait(s: IntrSource, l: Lwp) -> None:
    """IWAIT: wait to be needed, unless that has come about. The look is under the lock that whoever needs it takes."""
    lwp_lock(l)
    if s.is_need != 0:
        lwp_unlock(l)
        return
    if INTR_STORM_THRESHOLD != 0:
        storms.line[s.is_irq].ie_count = 0
    l.l_stat = LSSLEEP
    l.l_wchan = addr(s)
    mi_switch()


@invariant()
def intr_event_always(s: IntrSource) -> bool:
    """1, while nobody has the lock of the thread."""
    l = s.is_lwp
    if l is NULL or l.l_mutex is NULL or l.l_mutex.word != 0:
        return True
    return l.l_wchan != addr(s) or l.l_stat == LSSLEEP


@invariant()
def storm_always(s: IntrSource) -> bool:
    """4."""
    if INTR_STORM_THRESHOLD == 0 or s.is_lwp is NULL:
        return True
    return storms.line[s.is_irq].ie_count <= INTR_STORM_THRESHOLD
