"""softint(9), pinned: soft interrupts are threads, one for each soft level of each CPU, run in situ.

What
----
`softint_schedule` puts a handler on the queue of its level, on the CPU where it is called, and asks for the
level. When the CPU's level falls below it, the frame of the soft level makes the level's thread run on top of
the present one, which is pinned until the thread ends or blocks. The thread empties its queue, each handler at
the level, the queue at IPL_HIGH.

Why
---
Soft interrupts that are threads may take adaptive mutexes, so the data they share with threads needs no level.
In situ they cost a few stores and one exchange, not a context switch: no run queue, no scheduler lock. That is
Doran's proposal of 2006, kept for soft interrupts only. What they must not do is sleep for an event: the level
is shut on this CPU while its thread waits.

The race
--------
A softint that blocks gives the CPU back to its victim, and later ends through the scheduler. A handler that is
scheduled meanwhile waits in the queue: `active` says that somebody will look.

    cpu0
    cas m.word := victim        -- mutex_enter
    interrupt nic
    softint_schedule(first)
    softint_main
    mutex_enter(m)
    switch_to(SOFTNET/0)        -- blocks: the frame beneath goes on
    switch_finish
    interrupt disk
    softint_schedule(second)
    reads sq.active[2]: 1       -- no request
    mutex_exit(m)               -- the victim
    switch_to(softnet/0)        -- through the scheduler
    second                      -- it runs both

`active` is cleared at IPL_HIGH, after the queue was seen empty at IPL_HIGH: an interrupt can fill the queue
only before, when it is seen, or after, when it finds `active` clear and asks again.

Invariants
----------
1. A handler is pending if and only if it is on exactly one queue.
2. A level is active if and only if it was asked for, or its thread is running or blocked.
3. A pinned thread is its CPU's: no switch has begun to let go of it, it is on no run queue, and is not migrated.
4. A handler returns at its level, with no spin mutex, no mutex, no kernel_lock and preemption as it was. (A spin
   mutex of a soft level may be held by what it interrupted: see 2 of intr.)

Sources
-------
NetBSD sys/kern/kern_softint.c @003a4241 (1.38.14.2): softint_schedule, softint_execute, softint_dispatch;
sys/arch/amd64/amd64/spl.S @2860f035: softintr, softint_ret.

Left out
--------
softint_schedule_cpu, softint_disestablish, the slow scheme without machine support. Keeping kernel_lock between
two handlers that both want it.
"""

from __future__ import annotations

from splx.kernel.interface.axes import intr_leave, kpreempt_disabled, mask_enter, spl_level, spl_request, splraise, splx
from splx.kernel.interface.levels import IPL_HIGH, MARK_DONE, MARK_START, NODEV, SOFTS
from splx.kernel.interface.lines import IntrSource, Softint, soft, softcpu, softints
from splx.kernel.interface.locks import kernel_lock, kernel_unlock
from splx.kernel.interface.lwp import (
    LSIDL,
    LSONPROC,
    LSRUN,
    Lwp,
    ci,
    cpu_intr_p,
    set_curlwp,
    set_curlwp_over,
    splfloor_enter,
    splfloor_exit,
)
from splx.kernel.interface.sched import switch_away, switch_finish, switch_left
from splx.kernel.interface.softq import softq_has, softq_put, softq_remove, sq
from splx.lang.kernel import NULL, entry, inline, invariant
from splx.machine.intrinsics import enter, intr_disable, intr_enable, mark, swap_local

__account__ = "intr"


def softint_schedule(si: Softint) -> None:
    """Have `si` run soon on this CPU, once however often it is asked for until then."""
    assert cpu_intr_p() or kpreempt_disabled(), "softint_schedule with preemption enabled"
    i = si.si_index
    if sq.pending[i] != 0:
        return
    s = splraise(IPL_HIGH)
    if swap_local(sq.pending[i], 1) == 0:
        k = si.si_soft
        softq_put(k, i)
        if sq.active[k] == 0:
            sq.active[k] = 1
            spl_request(k)
    splx(s)


@entry
def softint_run(s: IntrSource) -> None:
    """The frame of a soft level: run its thread in situ, and go on here when it has ended or has blocked."""
    old = mask_enter(IPL_HIGH)
    l = softcpu.lwp[s.is_soft]
    l.l_switchto = ci.curlwp
    set_curlwp_over(l)
    enter(l.l_main, softint_main, l)
    intr_disable()
    if switch_left(l):
        switch_finish()
    intr_leave(old)


@entry
def softint_main(l: Lwp) -> None:
    """softint_dispatch: the thread, from trigger to empty queue. Starts in situ at IPL_HIGH, interrupts off."""
    assert l.l_stat == LSIDL, "softint thread entered while it runs"
    l.l_stat = LSONPROC
    intr_enable()
    softint_execute(l, l.l_arg)
    l.l_stat = LSIDL
    if l.l_switchto is NULL:
        switch_away()
    intr_disable()
    victim = l.l_switchto
    l.l_switchto = NULL
    set_curlwp(victim)


def softint_execute(l: Lwp, k: int) -> None:
    """Run what is queued at soft level `k`. Called at IPL_HIGH, returns at IPL_HIGH."""
    level = soft.source[k].is_level
    node = sq.after[k]
    while node != 0:
        softq_remove(k, node)
        sq.pending[node - SOFTS] = 0
        splx(level)
        spins = ci.mtx_count
        splfloor_enter(l, level)
        softint_call(softints.softint[node - SOFTS])
        splfloor_exit(l, level)
        assert spl_level() == level or (spins != 0 and spl_level() > level), "softint returned at another level"
        assert ci.mtx_count == spins, "softint left a spin mutex held"
        assert l.l_blcnt == 0, "softint left kernel_lock held"
        assert l.l_locks == 0, "softint left a mutex held"
        assert l.l_nopreempt == 0, "softint left preemption disabled"
        splraise(IPL_HIGH)
        node = sq.after[k]
    sq.active[k] = 0


@inline
def softint_call(si: Softint) -> None:
    """Call the handler, under the big lock unless it does without."""
    if si.si_mpsafe == 0:
        kernel_lock()
    if si.si_dev != NODEV:
        mark(MARK_START, si.si_dev, 0)
    si.si_func(si.si_arg)
    if si.si_mpsafe == 0:
        kernel_unlock()
    if si.si_autodone != 0:
        mark(MARK_DONE, si.si_dev, 0)


def softint_invariant(si: Softint) -> bool:
    """1, 2: at IPL_HIGH."""
    queued = softq_has(si)
    return queued == (sq.pending[si.si_index] != 0) and (not queued or sq.active[si.si_soft] != 0)


@invariant()
def softint_always(si: Softint) -> bool:
    """1, 2, below IPL_HIGH."""
    return spl_level() >= IPL_HIGH or softint_invariant(si)


@invariant()
def softint_pinned(l: Lwp) -> bool:
    """3, of the thread beneath `l`."""
    victim = l.l_switchto
    return victim is NULL or (victim.l_ctxswtch == 0 and victim.l_stat != LSRUN and victim.l_cpu == l.l_cpu)
