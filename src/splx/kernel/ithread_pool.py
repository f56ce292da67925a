"""Carrier: interrupt threads, several for each level of each CPU, run in situ on the thread they interrupt.

What
----
As in ithread, the frame of a line below IPL_DIRECT makes a thread of its level the running thread, with the interrupted
one pinned beneath, and enters it. Here the free threads of a level are a list: the frame takes the first, and a thread
that ends is the first again. So a level whose thread is blocked on a lock can be served, by the next. The level, and
all below it, are shut only when the last of its threads has blocked (`mask_clamp`); or, without the clamp, what comes
then is put aside, and the first thread of the level that has nothing to do runs it.

Why
---
"If handlers may block, the threads run out when they are needed" (claim C10). How many it takes is a number, and this
is where it is asked. N threads stand N - 1 handlers of one level that wait for locks at a time; one more is as before.

The race
--------
Two threads of one level are no reason to run one handler twice at a time: nobody wrote it for that, and the next edge
of a line comes when it likes. A line that a thread is at waits for that thread, which runs its handlers once more:

    without the look at who has the line:
    cpu0
    cas m.word := victim        -- mutex_enter
    nic arrives
    interrupt nic
    nic_intr
    mutex_enter(m)
    switch_to(NET/0)            -- blocks: the frame beneath goes on
    nic arrives
    interrupt nic               -- the level is open: there is another thread
    nic_intr                    -- once more, in the middle of the other
    mutex_enter(m)
    switch_to(NET/0)

A line of a level is masked until its handlers have run, and does not come again before.

Invariants
----------
1. A line of this CPU is in the hands of one of its threads at most.
2. The list of a level has the threads that are idle: they have no victim.
3. With interrupts off, a level is in `blocked` exactly if it has threads, and all of them have blocked.
4. What waits while a thread is free waits for the thread that has the line, and is run before that ends.
5. With the clamp: nothing of level n or below is delivered while all threads of level n are blocked.

Sources
-------
Laight, tech-smp, 2006-12-02, for the question. The list: illumos usr/src/uts/i86pc/os/intr.c (cpu_intr_thread, linked
by t_link; one to a level suffices there, since the level is shut at once). A line that comes while it is in progress
waits for whoever has it: Linux kernel/irq/chip.c (IRQD_IRQ_INPROGRESS, IRQS_PENDING).

Left out
--------
Threads that are made when they are wanted; one list for all levels of a CPU, where the lowest level could take the last
one from the highest.
"""

from __future__ import annotations

from splx.kernel.interface.axes import flow_end, flow_keep, intr_chain, intr_direct, spl_level, splraise
from splx.kernel.interface.levels import IPL_DIRECT, IPL_NONE, IPL_SCHED, LEVELS, MARK_HELD, SOFT_PREEMPT
from splx.kernel.interface.lines import IntrSource, held, ithreadcpu, line_held
from splx.kernel.interface.lwp import LSIDL, LSONPROC, Lwp, ci, set_curlwp_beneath, set_curlwp_over
from splx.kernel.interface.sched import switch_away, switch_finish, switch_left
from splx.lang.kernel import NULL, Array, PerCpu, array, entry, i64, inline, invariant, u8
from splx.lang.wide import bit, fls
from splx.machine.intrinsics import enter, intr_disable, intr_enable, mark

__account__ = "intr"


class IthreadPool(PerCpu):
    """The interrupt threads of a CPU, beside the lists of those that are free.

    Used by it alone: a level's words at that level, the others with interrupts off.
    """

    source: Array[IntrSource] = array(LEVELS)  # what the next thread is entered for
    taken: Array[i64] = array(LEVELS)  # bits of sources whose handlers a thread is at
    waiting: Array[i64] = array(LEVELS)  # bits of sources that came meanwhile, or when no thread was free
    # interrupts off
    blocked: i64  # levels all of whose threads have blocked
    base: u8  # the highest of them
    allowed: i64 = -1  # bits that they let through


ith = IthreadPool()


def carrier_run(s: IntrSource, old: int) -> None:
    """In the frame: start a free thread of the level on top of whatever runs, or leave `s` for one that is blocked."""
    level = s.is_level
    if level >= IPL_DIRECT:
        intr_direct(s, old)
        return
    l = ithreadcpu.lwp[level]
    if l is NULL or ith.taken[level] & bit(s.is_bit) != 0:
        ith.waiting[level] |= bit(s.is_bit)
        if line_held(s) == 0:
            flow_keep(s)
        mark(MARK_HELD, s.is_irq, 0)
    else:
        ithreadcpu.lwp[level] = l.l_next
        l.l_next = NULL
        ith.taken[level] |= bit(s.is_bit)
        ith.source[level] = s
        ithread_start(l, level)


def ithread_start(l: Lwp, level: int) -> None:
    """Run `l` in situ. Comes back with interrupts off, and its victim running, when `l` has ended or has blocked."""
    l.l_switchto = ci.curlwp
    set_curlwp_over(l)
    enter(l.l_main, ithread_main, l)
    intr_disable()
    if switch_left(l):
        if ithreadcpu.lwp[level] is NULL:
            ithread_clamp(ith.blocked | bit(level))
        switch_finish()


@entry
def ithread_main(l: Lwp) -> None:
    """The thread, from its first source to its last. It starts in situ; how it ends depends on whether it blocked."""
    level = l.l_arg
    s = ith.source[level]
    l.l_stat = LSONPROC
    intr_enable()
    while s is not NULL:
        ithread_execute(s, l)
        s = ithread_next(s, level)
    l.l_stat = LSIDL
    l.l_next = ithreadcpu.lwp[level]
    ithreadcpu.lwp[level] = l
    intr_disable()
    victim = l.l_switchto
    if victim is NULL:
        ithread_clamp(ith.blocked & ~bit(level))
        splraise(IPL_SCHED)
        intr_enable()
        switch_away()
    ithread_unpin(l, victim)


@inline
def ithread_unpin(l: Lwp, victim: Lwp) -> None:
    """Hand the CPU back to the thread beneath."""
    l.l_switchto = NULL
    set_curlwp_beneath(victim)


def ithread_execute(s: IntrSource, l: Lwp) -> None:
    """Run the handlers of one source and let its line go."""
    intr_chain(s, IPL_NONE)
    assert ci.mtx_count == 0, "interrupt thread left a spin mutex held"
    assert l.l_locks == 0, "interrupt thread left a mutex held"
    assert l.l_nopreempt == 0, "interrupt thread left preemption disabled"
    intr_disable()
    flow_end(s)
    intr_enable()


@inline
def ithread_next(s: IntrSource, level: int) -> IntrSource:
    """`s` is done. Of what waits, and no other thread is at, the next; or NULL. At `level`, so that none can come."""
    others = ith.taken[level] & ~bit(s.is_bit)
    waiting = ith.waiting[level] & ~others
    found: IntrSource = NULL
    if waiting != 0:
        highest = fls(waiting)
        others |= bit(highest)
        ith.waiting[level] &= ~bit(highest)
        found = held.source[highest]
    ith.taken[level] = others
    return found


@inline
def ithread_clamp(blocked: int) -> None:
    """Note of which levels all threads have blocked. Interrupts off. The next change of level makes it felt."""
    ith.blocked = blocked
    ith.base = max(fls(blocked), IPL_NONE)
    ith.allowed = held.unmasked[ith.base] | held.softbit[SOFT_PREEMPT]


@inline
def mask_clamp(level: int) -> int:
    """`level`, or the highest that has no thread left."""
    return max(level, ith.base)


@inline
def mask_clamped(level: int) -> bool:
    """Whether all threads of a higher level are blocked."""
    return ith.base > level


@inline
def mask_ready(level: int) -> int:
    """What both the level and the blocked threads let through. Preemption cares about the level alone."""
    return held.unmasked[level] & ith.allowed


def ithread_pool_invariant(level: int) -> bool:
    """2, 3, 4: with interrupts off, outside `ithread_start`."""
    l = ithreadcpu.lwp[level]
    shut = ith.blocked & bit(level) != 0
    if l is NULL:
        return shut == (ith.taken[level] != 0)
    return l.l_stat == LSIDL and l.l_switchto is NULL and not shut and ith.waiting[level] & ~ith.taken[level] == 0


@invariant(admitting=True)
def ithread_pool_always() -> bool:
    """2, 3, 4, of every level above that of the CPU."""
    holds = True
    for level in range(LEVELS):
        holds = holds and (level <= spl_level() or ithread_pool_invariant(level))
    return holds
