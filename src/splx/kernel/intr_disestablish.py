"""intr_disestablish(9): a handler is taken off its line while the line interrupts.

What
----
An interrupt walks the list of its line's handlers without a lock. So that a handler can be freed, whoever takes it off
the list must know when the last interrupt that may have seen it there is through. Each interrupt counts itself in one
of two numbers (`ie_active`) as long as it looks at the list; in which one, says a word that it reads before
(`ie_phase`). The handler of a line without a thread, a filter, is taken off the list, and then comes the barrier: turn
the word, so that interrupts that come from now on are counted in the other number, and spin until this one is zero.

Where the line has a thread that does it. The handler is marked dead, the thread is woken, and takes it off the list on
its way along it; nobody but the thread calls handlers. When the last handler is gone the line is masked, and an
interrupt that comes nevertheless is a stray: it masks the line again.

Why
---
A locked operation at the beginning of an interrupt and another one at its end, for something that hardly ever happens:
a lock around the list would cost as much, and two CPUs would wait for each other at a line that they share. One number
would do if interrupts ever ceased: with two a line that interrupts all the time cannot keep the barrier up.

The race
--------
The interrupt is in the handler, or on its way to it:

    cpu0                                      cpu1
    tty arrives
    interrupt both
    fetch_add events.of[0].ie_active[0] := 1
    modem_intr
                                              intr_disestablish
                                              ie_unlink returns
                                              events.of[0].ie_phase := 1
                                              reads events.of[0].ie_active[0]: 1
    modem_intr returns
    fetch_add events.of[0].ie_active[0] := 0
                                              intr_disestablish returns

FreeBSD itself is not safe in two cases, which a search finds. An interrupt reads the word before the barrier, and
counts itself after it. The next barrier is for the other number:

    cpu0                                      cpu1
    tty arrives
    interrupt both
    reads events.of[0].ie_phase: 0
                                              intr_disestablish
                                              events.of[0].ie_phase := 1
                                              reads events.of[0].ie_active[0]: 0
                                              intr_disestablish returns
    fetch_add events.of[0].ie_active[0] := 1
    printer_intr
                                              intr_disestablish
                                              stops: idle phase has activity

And where a thread takes the handler off, it is not an interrupt that has woken it. So the line is not masked, and the
next interrupt may be at that handler:

    cpu0                                                cpu1                      cpu2
                                                        pic_route(both, 0)
                                                        ih_flags := IH_DEAD
                                                        cv_wait(ie_cv, ie_lock)
                                                        switch_to(idle/1)
    tty arrives
    interrupt both
    fetch_add events.of[0].ie_active[0] := 1
    reads is_handlers
                                                                                  ie_bury
                                                                                  ie_bury returns
                                                        cv_wait returns
                                                        ih_flags := IH_FREED
    stops: an interrupt is at a handler that was freed

Invariants
----------
1. An interrupt leaves the number in which it was counted: neither is below zero, nor both together above the number of
   CPUs.
2. A handler that was removed is neither called nor looked at again.

The second is of the first filter that is removed from a line; for others, see above.

Sources
-------
FreeBSD sys/kern/kern_intr.c @013ea0bf: intr_event_handle, intr_event_barrier, intr_event_remove_handler,
intr_event_execute_handlers; sys/x86/x86/intr_machdep.c @00078538: intr_remove_handler, intr_execute_handlers.

Left out
--------
Handlers that are suspended (intr_event_suspend_handler), which have the same barrier, and those that are added while
the system runs. The end of the thread when its last handler is gone. The assertion that an interrupt which has seen a
handler still finds one when it wakes the thread ("bad stray interrupt"), which fails in a debugging kernel if the last
one goes in between: without it nobody is woken, and the line stays masked, as it should be.
"""

from __future__ import annotations

from splx.kernel.interface.events import (
    IH_DEAD,
    IH_FREED,
    IntrEvent,
    eventlocks,
    events,
    intr_event_schedule_thread,
)
from splx.kernel.interface.levels import IPL_DIRECT, NCPU
from splx.kernel.interface.lines import IntrHandler, IntrSource, intr
from splx.kernel.interface.locks import mutex_enter, mutex_exit
from splx.kernel.interface.sync import cv_broadcast, cv_wait
from splx.lang.kernel import NULL, Handle, Struct, i64, inline, invariant, number_of, spin_while, stat
from splx.machine.intrinsics import fence, fetch_add, pic_eoi, pic_mask

__account__ = "intr"


class StrayEvents(Struct):
    """What is counted of lines without handlers."""

    strays: i64 = stat()  # interrupts that nobody expected


stray_ev = StrayEvents()


@inline
def ie_enter(s: IntrSource) -> int:
    """Be counted, before anything of the list is read."""
    e = events.of[s.is_irq]
    phase = e.ie_phase
    fetch_add(e.ie_active[phase], 1)
    fence()
    return phase


@inline
def ie_exit(s: IntrSource, phase: int) -> None:
    """Be counted no more, where one was."""
    fetch_add(events.of[s.is_irq].ie_active[phase], -1)


def ie_stray(s: IntrSource) -> None:
    """intr_execute_handlers: mask the line, and count it."""
    stray_ev.strays += 1
    if s.is_trigger != 0:
        pic_mask(s.is_irq)
    pic_eoi(s.is_irq)


def intr_disestablish(device: Handle) -> None:
    """intr_remove_handler, of each handler of the device. Threads only; may sleep. The last one shuts the line."""
    number = number_of(device)
    s = intr.line[intr.line[number].is_irq]
    mutex_enter(eventlocks.ie_lock[s.is_irq])
    ih = ie_find(s, number)
    assert ih is not NULL, "a handler is removed that is not there"
    while ih is not NULL:
        intr_event_remove_handler(s, ih)
        ih = ie_find(s, number)
    last = s.is_handlers is NULL
    mutex_exit(eventlocks.ie_lock[s.is_irq])
    if last:
        pic_mask(s.is_irq)


def ie_find(s: IntrSource, device: int) -> IntrHandler:
    """The first handler of that device, NULL if there is none. With the lock."""
    ih = s.is_handlers
    while ih is not NULL and ih.ih_dev != device:
        ih = ih.ih_next
    return ih


def intr_event_remove_handler(s: IntrSource, ih: IntrHandler) -> None:
    """Off the list, and free it when nobody can be at it any more. With the lock."""
    if s.is_level >= IPL_DIRECT:
        ie_unlink(s, ih)
        intr_event_barrier(events.of[s.is_irq])
    else:
        assert ih.ih_flags & IH_DEAD == 0, "duplicate handle remove"
        ih.ih_flags |= IH_DEAD
        intr_event_schedule_thread(s)
        while ih.ih_flags & IH_DEAD != 0:
            cv_wait(eventlocks.ie_cv[s.is_irq], eventlocks.ie_lock[s.is_irq])
    ih.ih_flags |= IH_FREED


@inline
def intr_event_barrier(e: IntrEvent) -> None:
    """Wait for the interrupts that may have seen what is off the list. The fence: first the word, then the look."""
    phase = e.ie_phase
    assert e.ie_active[1 - phase] == 0, "idle phase has activity"
    e.ie_phase = 1 - phase
    fence()
    spin_while(e.ie_active[phase] != 0)


def ie_unlink(s: IntrSource, ih: IntrHandler) -> None:
    """Out of the list. It still points on, for those who are at it. With the lock."""
    if s.is_handlers is ih:
        s.is_handlers = ih.ih_next
    else:
        before = s.is_handlers
        while before.ih_next is not ih:
            before = before.ih_next
        before.ih_next = ih.ih_next


def ie_bury(s: IntrSource, ih: IntrHandler) -> None:
    """IH_DEAD in intr_event_execute_handlers. Afterwards it is freed at any time."""
    mutex_enter(eventlocks.ie_lock[s.is_irq])
    ie_unlink(s, ih)
    ih.ih_flags &= ~IH_DEAD
    cv_broadcast(eventlocks.ie_cv[s.is_irq])
    mutex_exit(eventlocks.ie_lock[s.is_irq])


@invariant()
def ie_always(s: IntrSource) -> bool:
    """1."""
    if s.is_irq < 0:
        return True
    e = events.of[s.is_irq]
    return e.ie_active[0] >= 0 and e.ie_active[1] >= 0 and e.ie_active[0] + e.ie_active[1] <= NCPU
