"""Carrier: events. The kernel masks the line and sends a pulse; the driver's thread looks, and unmasks.

What
----
Each handler of a line is attached by an event (InterruptAttachEvent), a pulse to a thread of its driver. The interrupt
does what concerns no driver: for each event it masks the line once more and sends the pulse, and it ends the interrupt.
A thread runs in its turn, with interrupts on: it receives a pulse, runs its handler, and unmasks the line. Masks nest:
a line that was masked k times is opened by the k-th unmask, whoever does it. A pulse that comes before the last one was
received waits behind it. Lines at IPL_DIRECT and above are the kernel's own: their handlers run at once.

Why
---
It is the way to have no code of a driver in the kernel that there was before interrupt service threads, and drivers
that have a loop for messages anyway get their interrupts there, at the priority that the pulse brings along. What the
threads of `ist` say by waiting again is said here by a call, which a driver can make early, late, or not at all. And
where those say who is through, a count does not: a driver that unmasks twice opens the line for another one.

The race
--------
Two drivers share a line. Two pulses are two masks, and it takes both to unmask it:

    cpu0
    nic arrives
    interrupt line
    pic_mask(line)
    line.id_oneshot := 1
    line.id_oneshot := 2
    pic_eoi(line)
    nic_intr
    line.id_oneshot := 1
    interrupt_unmask returns    -- shut still
    disk_intr
    line.id_oneshot := 0
    pic_unmask(line)

Invariants
----------
1. A level-triggered line is masked from its interrupt until it has been unmasked as often as it was masked.
2. Whoever waits for a pulse is asleep, and has none that it has not received.
3. A handler returns at IPL_NONE, with no mutex and no spin mutex, and preemption as it was.

Sources
-------
QNX Neutrino 7.1 documentation: InterruptAttachEvent, InterruptMask, InterruptUnmask, MsgReceivePulse; "Writing an
interrupt handler". No source is public: that a line is masked once for each event that is attached to it follows from
every driver's having to unmask, and what happens inside, such as the lock of a line, is ours.

Left out
--------
The crossings to user mode and back: threads here are the kernel's. Events that are no pulses: signals, semaphores, new
threads. InterruptMask by a driver, which would be one more mask. Masking of a line that is an edge: its pulses queue,
255 at most for one thread. What becomes of the masks of a process that ends (_NTO_INTR_FLAGS_TRK_MSK).
"""

from __future__ import annotations

from splx.kernel.interface.axes import intr_direct
from splx.kernel.interface.left import ithread_left, ithread_level
from splx.kernel.interface.levels import IPL_DIRECT, MARK_DONE, MARK_START
from splx.kernel.interface.lines import IntrHandler, IntrSource, IrqAction, IrqDesc, irqdescs
from splx.kernel.interface.locks import mutex_spin_enter, mutex_spin_exit
from splx.kernel.interface.lwp import LSSLEEP, Lwp, ci
from splx.kernel.interface.sched import lwp_lock, lwp_unlock, mi_switch, setrunnable
from splx.lang.kernel import NULL, addr, at, inline, invariant
from splx.machine.intrinsics import mark, pic_eoi, pic_mask, pic_unmask

__account__ = "intr"

MOST = 255  # pulses that wait for one thread


@inline
def flow_enter(s: IntrSource) -> None:
    """Nothing: what becomes of the line is decided in `carrier_run`."""


@inline
def flow_leave(s: IntrSource) -> None:
    """The handlers of a line of the kernel's own have run: end the interrupt."""
    pic_eoi(s.is_irq)


@inline
def carrier_run(s: IntrSource, old: int) -> None:
    """What is the kernel's own runs here and now; for all else there are events."""
    if s.is_level >= IPL_DIRECT:
        intr_direct(s, old)
    else:
        interrupt_deliver(irqdescs.desc[s.is_irq])


def interrupt_deliver(d: IrqDesc) -> None:
    """For each event of the line one mask and one pulse; then the interrupt is over. Interrupts off."""
    mutex_spin_enter(d.id_lock)
    a = d.id_action
    while a is not NULL:
        if d.id_level != 0:
            interrupt_mask(d)
        pulse_send(a)
        a = a.ia_next
    pic_eoi(d.id_irq)
    mutex_spin_exit(d.id_lock)


@inline
def interrupt_mask(d: IrqDesc) -> None:
    """InterruptMask: once more. The first one shuts the line."""
    masks = d.id_oneshot
    if masks == 0:
        pic_mask(d.id_irq)
    d.id_oneshot = masks + 1


def interrupt_unmask(d: IrqDesc) -> None:
    """InterruptUnmask: once less. The last one opens the line."""
    if d.id_level != 0:
        mutex_spin_enter(d.id_lock)
        ithread_level()
        left = d.id_oneshot - 1
        d.id_oneshot = left
        if left == 0:
            pic_unmask(d.id_irq)
        mutex_spin_exit(d.id_lock)


def pulse_send(a: IrqAction) -> None:
    """One more pulse for a thread, which is woken if it waits."""
    l = a.ia_lwp
    lwp_lock(l)
    lock = l.l_mutex
    a.ia_run = min(a.ia_run + 1, MOST)
    if l.l_wchan == addr(a):
        l.l_wchan = 0
        setrunnable(l)  # afterwards another lock guards it
    mutex_spin_exit(lock)


def ithread_loop(where: int) -> None:
    """The thread of the handler whose IrqAction is at address `where`: receive, look, unmask."""
    a = at(IrqAction, where)
    l = ci.curlwp
    while True:
        pulse_receive(a, l)
        event_call(a.ia_handler, l)
        interrupt_unmask(a.ia_desc)


def pulse_receive(a: IrqAction, l: Lwp) -> None:
    """MsgReceivePulse: wait until there is one, and take it."""
    lwp_lock(l)
    while a.ia_run == 0:
        l.l_stat = LSSLEEP
        l.l_wchan = addr(a)
        mi_switch()
        lwp_lock(l)
    a.ia_run -= 1
    lwp_unlock(l)


@inline
def event_call(ih: IntrHandler, l: Lwp) -> None:
    """The handler, and what it leaves behind."""
    mark(MARK_START, ih.ih_dev, 0)
    ih.ih_func(ih.ih_arg)
    ithread_left(l, 0)
    if ih.ih_autodone != 0:
        mark(MARK_DONE, ih.ih_dev, 0)


@invariant()
def pulse_always(a: IrqAction) -> bool:
    """2, while nobody has the lock of the thread or of the line."""
    l = a.ia_lwp
    busy = l.l_mutex is NULL or l.l_mutex.word != 0 or a.ia_desc.id_lock.word != 0
    return busy or l.l_wchan != addr(a) or (l.l_stat == LSSLEEP and a.ia_run == 0)
