"""Carrier: a thread for each handler of a line, and the line masked until the last of them has run (threadirqs).

What
----
The interrupt masks its line, ends it, and wakes the threads of all handlers of the line: that is all a primary
handler does when handlers are forced into threads. Each thread notes in the line's `oneshot` word that the line must
stay masked for it. A thread takes its bit out when its handler has returned; whoever takes out the last one opens the
line. The handler itself is called as it always was, with interrupts off and soft interrupts held back; soft work that
it asked for runs when the thread lets it in again. All threads have one priority. Lines at IPL_DIRECT and above are
not forced: their handlers run at once (IRQF_NO_THREAD), and what soft work they ask for is left to ksoftirqd.

A line that was moved, and comes on its new CPU while it is in progress on the old one, is noted, and delivered again
when that is through (see irq_chip, whose flow is also that of lines without threads). Its threads follow it: they are
woken where it comes.

Whoever disables a line (see irq_manage) waits for its threads, too: those that are asked for or at work are counted
(`t_active`), and the one that makes it 0 wakes those who wait for that. A line that is disabled stays masked when its
threads have run, and `enable_irq` opens it.

Under PREEMPT_RT (IRQ_FORCED_OFF 0) all of that is the same but for the flag: handlers are called with interrupts on,
and may be preempted, and wait for the locks that are not raw. They may not sleep for anything else.

Why
---
A handler becomes something that the scheduler can put off, without a line of any driver changed. What is gained is
smaller than with handlers written to be threads: while one runs nothing else does on that CPU, but under PREEMPT_RT.
And a line that several devices share is shut for the time of the slowest.

The race
--------
The word is changed by the interrupt without the lock of the line, and by the threads under it. What keeps them apart
is that a line is `inprogress` from before the first thread is woken until the last one is, and that a thread which is
done waits for that to end. It can be that fast on another CPU:

    cpu0                                cpu1
    switch_to(user)
    nic arrives
    interrupt line
    line.id_inprogress := 1
    line.id_oneshot := 1        -- nic's
    irq_wake_thread returns
                                        switch_to(irq/nic)
                                        nic_intr
                                        irq_finalize_oneshot
                                        spins on line.id_inprogress
    line.id_oneshot := 3        -- disk's
    line.id_inprogress := 0
    handle_oneshot_irq returns
                                        line.id_oneshot := 2
                                        irq_finalize_oneshot returns
    disk_intr
    line.id_oneshot := 0
    pic_unmask(line)

Without the wait cpu1 changes the word between the other's load and store, its bit comes back, and nobody ever takes
it out: the line stays masked.

A thread is counted while the line is in progress. So whoever disables it looks first at that, and then at the count: a
handler of which it sees neither had not begun when the line was disabled, and will not.

    cpu0                                cpu1
    card arrives
    interrupt card
    card.id_inprogress := 1
    card.lock.word := 0
                                        disable_irq
                                        istates.of[0].depth := 1
                                        spins on card.id_inprogress
    threads/card.t_active := 1
    card.id_inprogress := 0
    handle_oneshot_irq returns
                                        threads/card.t_active is 1
                                        cv_wait
                                        switch_to(idle/1)
    switch_to(irq/card)
    card_intr
    irq_finalize_oneshot
    istates.of[0].depth is 1    -- it does not open the line
    threads/card.t_active := 0
    cv_broadcast
    wake_threads_waitq returns
                                        disable_irq returns

Soft work that an interrupt without a thread asks for is done by ksoftirqd, and not on the way out:

    cpu0
    interrupt clock
    softint_schedule(softclock)
    softint_leave
    softirq.left := 1
    softint_run
    softirq.left := 0
    switch_to(ksoftirqd/0)
    softclock

Invariants
----------
1. Whoever waits for RUNTHREAD (`ia_run`) is asleep.
2. While no interrupt of the line is in progress, a thread that waits, and is not asked for, has no bit in `oneshot`.
3. A handler returns at the level that it was called with, with no spin mutex, and preemption as it was.
4. From the end of `disable_irq` until as many `enable_irq` no thread of the line runs its handler.
5. Who waits for the threads of a line is woken when the last of them is through.
6. A line is noted as masked only while it is in progress, disabled, or masked for a thread.

Sources
-------
Linux kernel/irq/manage.c @006ae197 (5.x): irq_wait_for_interrupt, irq_finalize_oneshot, irq_forced_thread_fn,
synchronize_irq, wake_threads_waitq; kernel/irq/handle.c: __irq_wake_thread, and the comments in both;
kernel/irq/chip.c: handle_fasteoi_irq.

Left out
--------
Handlers that come in two parts, and so secondary threads. Binding of a thread to the CPUs of its line: where something
as good runs it goes elsewhere; and one that is on its way to sleep when its line comes elsewhere follows at the next
interrupt, where Linux's looks each time before it calls its handler. A line some of whose handlers are not forced:
here none of them is. The lock of those who wait is not taken where none does.
"""

from __future__ import annotations

from splx.kernel.interface.axes import (
    biglock_handler_enter,
    biglock_handler_exit,
    handle_irq,
    softint_leave,
    spl_level,
    splraise,
    splx,
)
from splx.kernel.interface.irqs import IrqThreads, irq_lock, irq_shut, irqs, irqthreads, istates
from splx.kernel.interface.levels import (
    IPL_DIRECT,
    IPL_NONE,
    IPL_SOFTCLOCK,
    IRQ_DISABLES,
    IRQ_FORCED_OFF,
    IRQ_MOVES,
    MARK_DONE,
    MARK_START,
    RT_BH_LOCK,
)
from splx.kernel.interface.lines import IntrHandler, IntrSource, IrqAction, IrqDesc, irqdescs
from splx.kernel.interface.locks import mutex_enter, mutex_exit, mutex_spin_enter, mutex_spin_exit
from splx.kernel.interface.lwp import LSSLEEP, LW_NOSLEEP, Lwp, ci
from splx.kernel.interface.sched import lwp_lock, lwp_unlock, mi_switch, setrunnable
from splx.kernel.interface.sync import cv_broadcast, cv_wait
from splx.lang.kernel import NULL, addr, at, inline, invariant, spin_while
from splx.machine.intrinsics import cas, cpu_number, fetch_add, mark, pic_eoi, pic_mask, pic_retrigger, pic_unmask, swap

__account__ = "intr"

AGAIN = 2  # of `id_inprogress`: and the line, which was moved, has come on another CPU


@inline
def flow_enter(s: IntrSource) -> None:
    """Nothing: what becomes of the line is decided under its lock, or after its handlers."""


@inline
def carrier_run(s: IntrSource, old: int) -> None:
    """What is not forced runs here and now; for all else its threads do."""
    if s.is_level >= IPL_DIRECT:
        handle_irq(s, old)
        softint_leave(old)
    else:
        handle_oneshot_irq(s, irqdescs.desc[s.is_irq])


def handle_oneshot_irq(s: IntrSource, d: IrqDesc) -> None:
    """handle_fasteoi_irq of a line whose handlers are threads. Interrupts off."""
    mutex_spin_enter(d.id_lock)
    if IRQ_MOVES != 0 and d.id_inprogress != 0:
        d.id_inprogress = AGAIN
        pic_eoi(s.is_irq)
        mutex_spin_exit(d.id_lock)
        return
    if IRQ_DISABLES != 0 and irq_shut(s):
        mutex_spin_exit(d.id_lock)
        return
    if s.is_trigger != 0:
        pic_mask(s.is_irq)
        if IRQ_DISABLES != 0:
            istates.of[s.is_irq].masked = 1
    d.id_inprogress = 1
    mutex_spin_exit(d.id_lock)
    a = d.id_action
    while a is not NULL:
        irq_wake_thread(d, a)
        a = a.ia_next
    mutex_spin_enter(d.id_lock)
    if IRQ_MOVES != 0 and d.id_inprogress == AGAIN:
        pic_retrigger(s.is_irq)
    d.id_inprogress = 0
    pic_eoi(s.is_irq)
    mutex_spin_exit(d.id_lock)


def irq_wake_thread(d: IrqDesc, a: IrqAction) -> None:
    """__irq_wake_thread: have the thread of `a` run, unless it will anyway. The line is in progress."""
    if swap(a.ia_run, 1) != 0:
        return
    d.id_oneshot |= a.ia_bit
    if IRQ_DISABLES != 0:
        fetch_add(irqthreads.of[d.id_irq].t_active, 1)
    l = a.ia_lwp
    lwp_lock(l)
    lock = l.l_mutex
    if l.l_wchan == addr(a):
        irq_thread_follow(l)
        l.l_wchan = 0
        setrunnable(l)  # afterwards another lock guards it
    mutex_spin_exit(lock)


@inline
def irq_thread_follow(l: Lwp) -> None:
    """IRQTF_AFFINITY: a thread whose line was moved goes where that comes now. Its lock is held, and it sleeps."""
    if IRQ_MOVES != 0 and l.l_switched != 0:
        l.l_cpu = cpu_number()


def ithread_loop(where: int) -> None:
    """irq_thread: of the handler whose IrqAction is at address `where`."""
    a = at(IrqAction, where)
    l = ci.curlwp
    while True:
        irq_wait_for_interrupt(a, l)
        splraise(IPL_SOFTCLOCK)
        irq_forced_thread_fn(a.ia_handler, l)
        irq_finalize_oneshot(a.ia_desc, a)
        splx(IPL_NONE)
        if IRQ_DISABLES != 0:
            wake_threads_waitq(irqthreads.of[a.ia_desc.id_irq])


def irq_wait_for_interrupt(a: IrqAction, l: Lwp) -> None:
    """Wait until the thread is asked for. The look is under the lock that whoever asks takes to wake it."""
    while not cas(a.ia_run, 1, 0):
        lwp_lock(l)
        if a.ia_run != 0:
            lwp_unlock(l)
        else:
            l.l_stat = LSSLEEP
            l.l_wchan = addr(a)
            mi_switch()


def irq_forced_thread_fn(ih: IntrHandler, l: Lwp) -> None:
    """Call a handler that does not know that it is a thread: as in an interrupt, soft interrupts held back too."""
    level = ih.ih_level
    s = splraise(level)
    if IRQ_FORCED_OFF != 0:
        ci.idepth += 1
    else:
        l.l_flag |= LW_NOSLEEP
    device = ih.ih_dev
    took = biglock_handler_enter(ih)
    mark(MARK_START, device, 0)
    l.l_splfloor = level
    ih.ih_func(ih.ih_arg)
    l.l_splfloor = IPL_NONE
    assert ci.mtx_count == 0, "handler returned holding a spin mutex"
    assert l.l_locks == RT_BH_LOCK, "handler left a mutex held"  # but that of the soft section
    assert l.l_nopreempt == 0, "handler left preemption disabled"
    assert spl_level() == level, "handler returned at another level"
    if took:
        biglock_handler_exit(ih)
    if ih.ih_autodone != 0:
        mark(MARK_DONE, device, 0)
    if IRQ_FORCED_OFF != 0:
        ci.idepth -= 1
    else:
        l.l_flag &= ~LW_NOSLEEP
    splx(s)


def irq_finalize_oneshot(d: IrqDesc, a: IrqAction) -> None:
    """The line need not stay masked for `a`, unless it is asked for again. The last one opens it."""
    mutex_spin_enter(d.id_lock)
    while d.id_inprogress != 0:
        mutex_spin_exit(d.id_lock)
        spin_while(d.id_inprogress != 0)
        mutex_spin_enter(d.id_lock)
    if a.ia_run == 0:
        left = d.id_oneshot & ~a.ia_bit
        d.id_oneshot = left
        if left == 0 and d.id_level != 0:
            unmask_threaded_irq(d.id_irq)
    mutex_spin_exit(d.id_lock)


@inline
def unmask_threaded_irq(irq: int) -> None:
    """Open the line, unless it is disabled. With the lock."""
    if IRQ_DISABLES == 0:
        pic_unmask(irq)
    elif istates.of[irq].depth == 0:
        istates.of[irq].masked = 0
        pic_unmask(irq)


# ---- for those who disable a line


@inline
def irq_desc_lock(irq: int) -> None:
    """raw_spin_lock of the descriptor, which is another struct where handlers are threads."""
    d = irqdescs.desc[irq]
    if d is NULL:
        irq_lock(irqs.of[irq])
    else:
        mutex_spin_enter(d.id_lock)


@inline
def irq_desc_unlock(irq: int) -> None:
    """raw_spin_unlock."""
    d = irqdescs.desc[irq]
    if d is NULL:
        irqs.of[irq].lock = 0
    else:
        mutex_spin_exit(d.id_lock)


@inline
def irq_threaded(irq: int) -> bool:
    """Those below IPL_DIRECT."""
    return irqdescs.desc[irq] is not NULL


def synchronize_irq(irq: int) -> None:
    """synchronize_hardirq, and then until none of the threads is asked for or at work."""
    d = irqdescs.desc[irq]
    if d is NULL:
        spin_while(irqs.of[irq].busy != 0)
        return
    spin_while(d.id_inprogress != 0)
    t = irqthreads.of[irq]
    mutex_enter(t.t_lock)
    fetch_add(t.t_waiters, 1)
    while t.t_active != 0:
        cv_wait(t.t_cv, t.t_lock)
    fetch_add(t.t_waiters, -1)
    mutex_exit(t.t_lock)


def wake_threads_waitq(t: IrqThreads) -> None:
    """A thread is through."""
    if fetch_add(t.t_active, -1) == 1 and t.t_waiters != 0:
        mutex_enter(t.t_lock)
        cv_broadcast(t.t_cv)
        mutex_exit(t.t_lock)


@invariant()
def irq_thread_always(a: IrqAction) -> bool:
    """1, 2, while nobody has the lock of the thread or of the line."""
    l = a.ia_lwp
    d = a.ia_desc
    if l.l_mutex is NULL or l.l_mutex.word != 0 or l.l_wchan != addr(a):
        return True
    busy = d.id_inprogress != 0 or d.id_lock.word != 0 or a.ia_run != 0
    return l.l_stat == LSSLEEP and (busy or d.id_oneshot & a.ia_bit == 0)


@invariant()
def irq_masked_always(d: IrqDesc) -> bool:
    """6, while nobody has the lock."""
    if IRQ_DISABLES == 0 or d.id_inprogress != 0 or d.id_lock.word != 0:
        return True
    i = istates.of[d.id_irq]
    return i.masked == 0 or i.depth != 0 or d.id_oneshot != 0
