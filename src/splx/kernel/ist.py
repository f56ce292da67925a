"""Carrier: interrupt service threads. The kernel masks the line and posts; whoever attached looks, and says when.

What
----
Each handler of a line has a thread of its own (InterruptAttachThread). The interrupt does what concerns no driver: it
quiets the line, and posts the semaphore of each thread of that line. A thread runs in its turn, which is that of its
priority and nothing else, with interrupts on; it may take any lock of threads, and sleep. When it waits for the next
interrupt (InterruptWait) it thereby says that it is through with the last one. The line is opened when all its threads
have said so. Lines at IPL_DIRECT and above are the kernel's own: their handlers run at once.

Why
---
No code of a driver runs in the kernel, so none can hold it up or bring it down, and what interrupts cost is paid at the
priority of who wants them: a line whose thread does not get the CPU does not interrupt. The price is two switches, two
accesses to the controller, and what the drivers of a shared line owe one another: one that is slow, or dead, keeps it
shut for all.

The race
--------
Two drivers share a line. The first to be through must not open it, for the other's device still holds it up:

    cpu0
    nic arrives
    interrupt line
    pic_mask(line)
    line.id_oneshot := 1        -- nic's
    line.id_oneshot := 3        -- disk's
    nic_intr
    line.id_oneshot := 2
    interrupt_unmask returns    -- shut still
    disk_intr
    line.id_oneshot := 0
    pic_unmask(line)

Invariants
----------
1. A level-triggered line is masked from its interrupt until all its threads have said that they are through.
2. Whoever waits for its semaphore is asleep, and it is posted only while somebody is on the way to wake it.
3. A handler returns at IPL_NONE, with no mutex and no spin mutex, and preemption as it was.

Sources
-------
QNX 8 documentation: InterruptAttachThread, InterruptWait, InterruptUnmask; Writing an Interrupt Handler. No source is
public, so what happens inside, such as the lock of a line, is ours.

Left out
--------
The crossing to user mode and back, twice for each interrupt: threads here are the kernel's. Events, which are another
way to attach (see `pulse`). Masking of a line that is an edge. Messages, by which priority is handed to a server.
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
from splx.machine.intrinsics import cas, mark, pic_eoi, pic_mask, pic_unmask

__account__ = "intr"


@inline
def flow_enter(s: IntrSource) -> None:
    """Quiet and end a line of threads. Nothing yet for one of the kernel's own."""
    if s.is_level < IPL_DIRECT:
        if s.is_trigger != 0:
            pic_mask(s.is_irq)
        pic_eoi(s.is_irq)


@inline
def flow_leave(s: IntrSource) -> None:
    """The handlers of a line of the kernel's own have run: end the interrupt."""
    pic_eoi(s.is_irq)


@inline
def carrier_run(s: IntrSource, old: int) -> None:
    """What is the kernel's own runs here and now; all else is for the threads of the line."""
    if s.is_level >= IPL_DIRECT:
        intr_direct(s, old)
    else:
        interrupt_deliver(irqdescs.desc[s.is_irq])


def interrupt_deliver(d: IrqDesc) -> None:
    """Post every thread of the line, which is quiet. Interrupts off."""
    mutex_spin_enter(d.id_lock)
    a = d.id_action
    while a is not NULL:
        d.id_oneshot |= a.ia_bit
        ist_post(a)
        a = a.ia_next
    mutex_spin_exit(d.id_lock)


def ist_post(a: IrqAction) -> None:
    """The semaphore of a thread: it is woken if it waits."""
    a.ia_run = 1
    l = a.ia_lwp
    lwp_lock(l)
    lock = l.l_mutex
    if l.l_wchan == addr(a):
        l.l_wchan = 0
        setrunnable(l)  # afterwards another lock guards it
    mutex_spin_exit(lock)


def ithread_loop(where: int) -> None:
    """The thread of the handler whose IrqAction is at address `where`: wait, look, say so, wait."""
    a = at(IrqAction, where)
    l = ci.curlwp
    while True:
        interrupt_wait(a, l)
        ist_call(a.ia_handler, l)
        interrupt_unmask(a.ia_desc, a)


def interrupt_wait(a: IrqAction, l: Lwp) -> None:
    """InterruptWait: until the semaphore is posted. The look is under the lock that whoever posts takes to wake it."""
    while not cas(a.ia_run, 1, 0):
        lwp_lock(l)
        if a.ia_run != 0:
            lwp_unlock(l)
        else:
            l.l_stat = LSSLEEP
            l.l_wchan = addr(a)
            mi_switch()


@inline
def ist_call(ih: IntrHandler, l: Lwp) -> None:
    """The handler, and what it leaves behind."""
    mark(MARK_START, ih.ih_dev, 0)
    ih.ih_func(ih.ih_arg)
    ithread_left(l, 0)
    if ih.ih_autodone != 0:
        mark(MARK_DONE, ih.ih_dev, 0)


def interrupt_unmask(d: IrqDesc, a: IrqAction) -> None:
    """`a` is through with the interrupt. The last one opens the line."""
    mutex_spin_enter(d.id_lock)
    ithread_level()
    left = d.id_oneshot & ~a.ia_bit
    d.id_oneshot = left
    if left == 0 and d.id_level != 0:
        pic_unmask(d.id_irq)
    mutex_spin_exit(d.id_lock)


@invariant()
def ist_always(a: IrqAction) -> bool:
    """2, while nobody has the lock of the thread or of the line."""
    l = a.ia_lwp
    busy = l.l_mutex is NULL or l.l_mutex.word != 0 or a.ia_desc.id_lock.word != 0
    return busy or l.l_wchan != addr(a) or (l.l_stat == LSSLEEP and a.ia_run == 0)
