"""Carrier: an interrupt thread for each line that preempts whatever runs, and gives the CPU back to just that.

What
----
A line has a thread of its own. When its interrupt is let in the thread is started at once, on top of the thread that
was interrupted, with no scheduler between: it runs the handlers of the line, opens the line, and goes back. While it
runs no other device interrupts its CPU (it is in a critical section), and whoever lies beneath keeps all that it has.
If the thread must wait for something it goes back then, and is from there on a thread like any other: the
scheduler runs it when it is woken, before threads of lower priority, and its line stays masked until it is through. An
interrupt that comes for it meanwhile finds the need noted. Lines at IPL_DIRECT and above run their handlers at once.

Why
---
It is the switch of two stacks, without locks, queues or other CPUs, so it is nearly as cheap as a handler without a
thread, and the handler may wait. Unlike the borrowed thread of a level (see ithread) it shuts no level while it
waits: its line is masked, and no other thread is needed for any other line. That is why there is one for each.

The race
--------
A thread that has blocked is not started again; it is told that it is needed, and looks when it is through:

    cpu0
    cas m.word := victim        -- mutex_enter
    interrupt nic
    ithread_main
    mutex_enter(m)
    token_back                  -- it must wait: the frame beneath goes on
    intr_leave
    interrupt nic               -- an edge: its line is not masked
    sched_ithd_hard
    sched_ithd_hard returns     -- the thread is active
    m.word := 0                 -- mutex_exit
    switch_to(irq/nic)          -- through the scheduler
    nic_intr returns
    nic_intr                    -- once more

Invariants
----------
1. A level-triggered line is masked from its interrupt until its handlers have run.
2. A thread that is not active is idle and not needed.
3. A handler returns at its level, with no token and no spin mutex.

Sources
-------
DragonFly sys/kern/kern_intr.c (sched_ithd_hard, ithread_handler) and sys/kern/lwkt_thread.c (lwkt_preempt), recent.

Left out
--------
Preemption that is refused because one is under way: a thread is in a critical section here from its first handler to
its last, so no line comes on top of it. Leaving that section after every round. Fast handlers that find the big
lock taken and leave the work to their thread. The rate of a line, which lwkt_livelock limits. The thread that polls
every handler, which is lwkt_emergency. A line whose thread is another CPU's.
"""

from __future__ import annotations

from splx.kernel.interface.axes import flow_end, intr_chain, intr_direct, splraise
from splx.kernel.interface.levels import EMERGENCY_TICKS, IPL_DIRECT, IPL_NONE, IPL_SCHED, MARK_RUN, MARK_WAKE
from splx.kernel.interface.lines import IntrSource, held
from splx.kernel.interface.lwkt import info, serial
from splx.kernel.interface.lwp import LSIDL, LSONPROC, Lwp, ci, set_curlwp_beneath, set_curlwp_over
from splx.kernel.interface.sched import switch_away, switch_finish, switch_left
from splx.lang.kernel import NULL, at, entry, inline, invariant
from splx.machine.intrinsics import cpu_number, enter, intr_disable, intr_enable, mark

__account__ = "intr"


@inline
def carrier_run(s: IntrSource, old: int) -> None:
    """What needs no thread runs here and now; for all else its thread does."""
    if s.is_level >= IPL_DIRECT:
        intr_direct(s, old)
    else:
        sched_ithd_hard(s)


def sched_ithd_hard(s: IntrSource) -> None:
    """In the frame: the thread of `s` is needed. Unless it is at work already it preempts what runs. Interrupts off."""
    s.is_need = 1
    if info.active[s.is_irq] == 0:
        info.active[s.is_irq] = 1
        mark(MARK_WAKE, s.is_lwp.l_id, 0)
        lwkt_preempt(s.is_lwp)


def lwkt_preempt(l: Lwp) -> None:
    """Run `l` on top of the present thread. Comes back with interrupts off when it has ended or has blocked."""
    l.l_switchto = ci.curlwp
    set_curlwp_over(l)
    mark(MARK_RUN, l.l_id, 0)
    enter(l.l_main, ithread_main, l)
    intr_disable()
    if switch_left(l):
        switch_finish()


@entry
def ithread_main(l: Lwp) -> None:
    """ithread_handler: from the first round to the last. How it ends depends on whether it blocked."""
    s = at(IntrSource, l.l_arg)
    l.l_stat = LSONPROC
    while s.is_need != 0:
        s.is_need = 0
        intr_enable()
        ithread_round(s, l)
        intr_disable()
        flow_end(s)
        ithread_settle(s)
    info.active[s.is_irq] = 0
    l.l_stat = LSIDL
    victim = l.l_switchto
    if victim is NULL:
        splraise(IPL_SCHED)
        intr_enable()
        switch_away()
    l.l_switchto = NULL
    set_curlwp_beneath(victim)


@inline
def ithread_round(s: IntrSource, l: Lwp) -> None:
    """All handlers of the line, and what they leave behind."""
    if EMERGENCY_TICKS != 0:
        assert serial.taken[s.is_irq] == 0, "a handler sleeps that is polled"
        serial.taken[s.is_irq] = 1
    intr_chain(s, IPL_NONE)
    if EMERGENCY_TICKS != 0:
        serial.taken[s.is_irq] = 0
    assert ci.mtx_count == 0, "interrupt thread left a spin mutex held"
    assert l.l_locks == 0, "interrupt thread left a token held"
    assert l.l_nopreempt == 0, "interrupt thread left preemption disabled"


@inline
def ithread_settle(s: IntrSource) -> None:
    """Nobody counts the rounds."""


@inline
def mask_clamp(level: int) -> int:
    """A thread that has blocked shuts no level."""
    return level


@inline
def mask_clamped(level: int) -> bool:
    """Never."""
    return False


@inline
def mask_ready(level: int) -> int:
    """What the level lets through."""
    return held.unmasked[level]


@invariant(admitting=True)
def ithread_always(s: IntrSource) -> bool:
    """2, of the lines of this CPU."""
    if s.is_irq < 0 or s.is_lwp is NULL or s.is_lwp.l_cpu != cpu_number():
        return True
    return info.active[s.is_irq] != 0 or (s.is_need == 0 and s.is_lwp.l_switchto is NULL)
