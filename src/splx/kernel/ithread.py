"""Carrier: interrupt threads, one for each level of each CPU, run in situ on the thread they interrupt.

What
----
The frame of a line below IPL_DIRECT does not call the handlers: it makes the thread of its level the running
thread, with the interrupted one pinned beneath (`l_switchto`), and enters it. No run queue, no scheduler, no
lock. If the handlers run to their end, the thread hands the CPU back to the pinned one and is idle again. If
they meet a lock that is held, the thread sleeps like any other: its victim is released and goes on, and the
thread finishes later, through the scheduler, as an ordinary thread of very high priority. Lines at IPL_DIRECT
and above are run directly (`--line-at`).

Why
---
Doran's proposal of 2006-12-01, and Solaris before it: locks replace levels. A handler may take the same
adaptive mutex as the thread it interrupts, without the thread having raised any level, and without "one lock
per side".

The race
--------
The interrupt thread wants the mutex of its own victim. The victim is not running (`ci.running` is the interrupt
thread), so the thread does not spin for it but sleeps, lends its priority, and so lets it go on:

    cpu0
    cas m.word := victim        -- mutex_enter
    interrupt nic
    ithread_main
    mutex_enter(m)
    turnstile_lend(intr7/0)
    switch_to(NET/0)            -- blocks: the frame beneath goes on
    mutex_exit(m)               -- the victim
    switch_to(intr7/0)          -- through the scheduler
    cas m.word := intr7/0

What becomes of the level while its thread is blocked has two answers, and the design links one of them.

- *Clamp* (Solaris; this file's `mask_clamp`, `mask_ready`): the level, and all below it, stay shut on this CPU
  until the thread ends. At most one thread of a level is ever in use, so there can be no run on the threads;
  the price is a level that starves. Preemption is let through, or the thread that was woken could not get in.
- *No clamp* (netbsd softints; carrier_direct's `mask_clamp`, `mask_ready`): the CPU returns to the victim's
  level. A second interrupt of the blocked level is held, its line kept quiet, and the thread runs it before it
  ends. Other levels are not touched.

Invariants
----------
1. At most one thread of a (CPU, level) is active or blocked.
2. An active thread has a victim, or has blocked since it was entered.
3. A pinned thread is its CPU's: no switch has begun to let go of it, it is on no run queue, and is not migrated.
4. With the clamp: nothing of level n or below is delivered while the thread of level n is blocked.
5. A line that is kept for a blocked thread is quiet, and is run before the thread ends.

Sources
-------
illumos usr/src/uts/i86pc/os/intr.c (hilevel and thread prologs, thread_unpin), uts/common/disp/thread.c.
Kleiman, Eykholt, "Interrupts as Threads", ACM OSR 29(2), 1995. The in-situ switch: NetBSD
sys/kern/kern_softint.c @003a4241. Doran as quoted by Laight, tech-smp, 2006-12-02.

Left out
--------
The borrowed LWP (user context of the victim). More than one thread to a level, which claim C10 asks for by
number: ithread_pool. One is what both Doran and Solaris have. Handlers of different levels on one line.
"""

from __future__ import annotations

from splx.kernel.interface.axes import flow_end, flow_keep, intr_chain, intr_direct, spl_level, splraise
from splx.kernel.interface.levels import IPL_DIRECT, IPL_NONE, IPL_SCHED, LEVELS, MARK_HELD, SOFT_PREEMPT
from splx.kernel.interface.lines import IntrSource, held, ithreadcpu, line_held
from splx.kernel.interface.lwp import LSIDL, LSONPROC, LSRUN, Lwp, ci, set_curlwp_beneath, set_curlwp_over
from splx.kernel.interface.sched import switch_away, switch_finish, switch_left
from splx.lang.kernel import NULL, Array, PerCpu, array, entry, i64, inline, invariant, u8
from splx.lang.wide import bit, fls
from splx.machine.intrinsics import enter, intr_disable, intr_enable, mark

__account__ = "intr"


class IthreadCpu(PerCpu):
    """The interrupt threads of a CPU.

    Used by it alone: a level's words at that level, the others with interrupts off.
    """

    active: Array[u8] = array(LEVELS)  # the thread is running, pinned under others, or blocked
    source: Array[IntrSource] = array(LEVELS)  # what it was entered for
    waiting: Array[i64] = array(LEVELS)  # bits of sources that came while it was blocked
    # interrupts off
    blocked: i64  # levels whose thread has blocked and not ended
    base: u8  # the highest of them
    allowed: i64 = -1  # bits that they let through


ith = IthreadCpu()


def carrier_run(s: IntrSource, old: int) -> None:
    """In the frame: start the thread of the level on top of whatever runs, or leave `s` for it if it is blocked."""
    level = s.is_level
    if level >= IPL_DIRECT:
        intr_direct(s, old)
    elif ith.active[level] != 0:
        ith.waiting[level] |= bit(s.is_bit)
        if line_held(s) == 0:
            flow_keep(s)
        mark(MARK_HELD, s.is_irq, 0)
    else:
        ith.active[level] = 1
        ith.source[level] = s
        ithread_start(ithreadcpu.lwp[level], level)


def ithread_start(l: Lwp, level: int) -> None:
    """Run `l` in situ. Comes back with interrupts off, and its victim running, when `l` has ended or has blocked."""
    l.l_switchto = ci.curlwp
    set_curlwp_over(l)
    enter(l.l_main, ithread_main, l)
    intr_disable()
    if switch_left(l):
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
        s = ithread_next(level)
    ith.active[level] = 0
    l.l_stat = LSIDL
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
def ithread_next(level: int) -> IntrSource:
    """The next source that came while the thread was blocked, or NULL. At `level`, so that none can come now."""
    waiting = ith.waiting[level]
    found: IntrSource = NULL
    if waiting != 0:
        highest = fls(waiting)
        ith.waiting[level] = waiting & ~bit(highest)
        found = held.source[highest]
    return found


@inline
def ithread_clamp(blocked: int) -> None:
    """Note which levels have a blocked thread. Interrupts off. The next change of level makes it felt."""
    ith.blocked = blocked
    ith.base = max(fls(blocked), IPL_NONE)
    ith.allowed = held.unmasked[ith.base] | held.softbit[SOFT_PREEMPT]


@inline
def mask_clamp(level: int) -> int:
    """`level`, or that of a blocked thread."""
    return max(level, ith.base)


@inline
def mask_clamped(level: int) -> bool:
    """Whether a thread of a higher level is blocked."""
    return ith.base > level


@inline
def mask_ready(level: int) -> int:
    """What both the level and the blocked threads let through. Preemption cares about the level alone."""
    return held.unmasked[level] & ith.allowed


def ithread_invariant(level: int) -> bool:
    """2, 5: with interrupts off, outside `ithread_start`."""
    victim = ithreadcpu.lwp[level].l_switchto
    blocked = ith.blocked & bit(level) != 0
    if ith.active[level] == 0:
        return victim is NULL and not blocked and ith.waiting[level] == 0
    return blocked or victim is not NULL


@invariant(admitting=True)
def ithread_always() -> bool:
    """2, 5, of every level above that of the CPU that has a thread."""
    holds = True
    for level in range(LEVELS):
        settled = level > spl_level() and ithreadcpu.lwp[level] is not NULL
        holds = holds and (not settled or ithread_invariant(level))
    return holds


@invariant()
def ithread_pinned(l: Lwp) -> bool:
    """3, of the thread beneath `l`."""
    victim = l.l_switchto
    return victim is NULL or (victim.l_ctxswtch == 0 and victim.l_stat != LSRUN and victim.l_cpu == l.l_cpu)
