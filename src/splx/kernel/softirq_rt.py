"""softirq, of PREEMPT_RT: in the thread that asked for it, at the end of its section, and a lock for each CPU.

What
----
`softint_schedule` marks a class as pending, as without PREEMPT_RT. What is pending is done by threads alone. A thread
in a section without soft interrupts does it itself, at the end of the section, at its own priority: so a handler that
is a thread does what it asked for. Who asks outside any section, and an interrupt on its way out if nobody on this
CPU is in one, wakes ksoftirqd. The class of timers has a thread of its own, ktimers, whoever asks.

A section can be preempted. Two of them on one CPU exclude one another by a lock of that CPU, which sleeps and lends
as all do (RT_BH_LOCK; since Linux 6.18 an option, and off unless one asks for it). Without, only migration is off.

Why
---
Soft work on the way out of an interrupt runs above every thread, for as long as it likes. Here it is as urgent as who
asked for it. The price is that lock: data that were those of the CPU, and safe in a section, make every section of a
CPU wait for every other, however little they have to do with one another, with whatever that one waits for.

The race
--------
An interrupt asks nobody while somebody is in a section: he will look. So the look and the end of the section are one,
and interrupts are off meanwhile:

    with interrupts on between the two:
    cpu0
    rest
    local_bh_enable
    reads softirq.wanted: 0
    interrupt clock
    softint_schedule(late)
    softint_leave
    reads softirq.cnt: 1        -- somebody is in a section
    softint_leave returns
    softirq.cnt := 0
    local_bh_enable returns
    softirq.wanted is 4         -- and nobody looks

Invariants
----------
1. A handler is pending if and only if it is on exactly one queue.
2. Who is in a section owns the lock of its CPU, if there is one, and does not migrate.
3. A handler returns at its level, with no lock and no level of its own, and preemption as it was.

Sources
-------
Linux kernel/softirq.c, v6.18, the parts of CONFIG_PREEMPT_RT: __local_bh_disable_ip, __local_bh_enable_ip,
should_wake_ksoftirqd, invoke_softirq, handle_softirqs, run_ksoftirqd, run_ktimerd; 3253cb49cbad made the lock an
option.

Left out
--------
A section that begins with preemption disabled, which takes no lock, and leaves what is pending to ksoftirqd: here it
is refused. Two threads that do soft work on one CPU, where there is no lock, share the time of SOFTIRQ_TIME.
"""

from __future__ import annotations

from splx.kernel.interface.axes import spl_irq_restore, spl_irq_save, spl_level, splraise, splx
from splx.kernel.interface.levels import (
    IPL_HIGH,
    IPL_NONE,
    IPL_SOFTCLOCK,
    KSOFTIRQD,
    MARK_DONE,
    MARK_START,
    NODEV,
    RT_BH_LOCK,
    SOFT_BIO,
    SOFT_CLOCK,
    SOFT_HI,
    SOFT_NET,
    SOFT_SERIAL,
    SOFTIRQ_ROUNDS,
    SOFTIRQ_TIME,
    SOFTS,
    STAMP_SOFTIRQ,
    TASKLETS,
)
from splx.kernel.interface.lines import Softint, softcpu, softints
from splx.kernel.interface.locks import mutex_sleep_enter, mutex_sleep_exit
from splx.kernel.interface.lwp import LW_NOSLEEP, ci, cpu_intr_p
from splx.kernel.interface.rt import bhlocks, migrate_disable, migrate_enable, rt_of
from splx.kernel.interface.sched import lwp_park, lwp_unpark
from splx.kernel.interface.softq import softq_has, softq_put, softq_remove, sq
from splx.lang.kernel import PerCpu, addr, i64, inline, invariant, outermost, u8
from splx.lang.wide import bit
from splx.machine.intrinsics import (
    cpu_number,
    elapsed,
    fetch_add_local,
    intr_disable,
    intr_enable,
    mark,
    stamp,
    swap_local,
)

__account__ = "intr"


class SoftirqCpu(PerCpu):
    """What is to be done on a CPU. Used by it alone, with interrupts off, but for `cnt`."""

    wanted: i64  # bits of classes that were raised
    timers: u8  # that of timers was, and waits for its thread
    asked: u8  # ksoftirqd has been woken, and has not looked yet
    cnt: u8  # softirq_ctrl::cnt: threads in a section without soft interrupts


softirq = SoftirqCpu()


def softint_schedule(si: Softint) -> None:
    """raise_softirq: have `si` run soon on this CPU, once however often it is asked for until then."""
    i = si.si_index
    s = spl_irq_save(IPL_HIGH)
    if swap_local(sq.pending[i], 1) == 0:
        k = si.si_soft
        softq_put(k, i)
        if k == SOFT_CLOCK:
            raise_ktimers()
        else:
            softirq.wanted |= bit(k)
            if not cpu_intr_p():
                softint_leave(IPL_NONE)
    spl_irq_restore(s)


@inline
def raise_ktimers() -> None:
    """Timers wait for their own thread. Interrupts off."""
    if softirq.timers == 0:
        softirq.timers = 1
        lwp_unpark(softcpu.lwp[SOFT_CLOCK])


def softint_leave(old: int) -> None:
    """invoke_softirq: whoever is in a section on this CPU will look at its end; if nobody is, ksoftirqd has to.

    Interrupts off.
    """
    if softirq.wanted != 0 and softirq.cnt == 0:
        wakeup_softirqd()


@inline
def wakeup_softirqd() -> None:
    """Have the thread do what is pending. Interrupts off; they may be on afterwards."""
    if softirq.asked == 0:
        softirq.asked = 1
        lwp_unpark(softcpu.lwp[KSOFTIRQD])


def local_bh_disable() -> None:
    """The outermost one of a thread. Sleeps until nobody else on this CPU is in a section."""
    l = ci.curlwp
    assert not cpu_intr_p(), "local_bh_disable in an interrupt"
    assert l.l_nopreempt == 0, "local_bh_disable with preemption disabled"
    migrate_disable(l)
    if RT_BH_LOCK != 0:
        mutex_sleep_enter(bhlocks.lock)
    fetch_add_local(softirq.cnt, 1)
    rt_of(l).rt_bh = 1


def local_bh_enable() -> None:
    """The outermost one: do what is pending on this CPU, and let others in."""
    l = ci.curlwp
    intr_disable()
    if softirq.wanted != 0:
        handle_softirqs()
    fetch_add_local(softirq.cnt, -1)
    rt_of(l).rt_bh = 0
    intr_enable()
    if RT_BH_LOCK != 0:
        mutex_sleep_exit(bhlocks.lock)
    migrate_enable(l)


@outermost
def handle_softirqs() -> None:
    """One round, and more up to SOFTIRQ_ROUNDS. In a section; called and returns with interrupts off.

    A handler that raises the level and lowers it again is in the section of who called it, and does not end that.
    """
    rounds = SOFTIRQ_ROUNDS
    stamp(STAMP_SOFTIRQ + cpu_number())
    while softirq.wanted != 0:
        first = rounds == SOFTIRQ_ROUNDS
        if not first and (rounds == 0 or ci.want_resched != 0 or elapsed(STAMP_SOFTIRQ + cpu_number(), SOFTIRQ_TIME)):
            wakeup_softirqd()
            intr_disable()  # the locks of the scheduler let them in again
            break
        rounds -= 1
        wanted = softirq.wanted
        softirq.wanted = 0
        intr_enable()
        softirq_round(wanted)
        intr_disable()


def softirq_round(wanted: int) -> None:
    """Each class of `wanted` in its turn. In a section, interrupts on."""
    if TASKLETS != 0 and wanted & bit(SOFT_HI) != 0:
        softirq_action(SOFT_HI)
    if wanted & bit(SOFT_CLOCK) != 0:
        softirq_action(SOFT_CLOCK)
    if wanted & bit(SOFT_NET) != 0:
        softirq_action(SOFT_NET)
    if wanted & bit(SOFT_BIO) != 0:
        softirq_action(SOFT_BIO)
    if wanted & bit(SOFT_SERIAL) != 0:
        softirq_action(SOFT_SERIAL)


def softirq_action(k: int) -> None:
    """Run what is queued of class `k` now; what joins meanwhile is for the next round."""
    last = sq.last[k]
    node = k
    while node != last:
        s = spl_irq_save(IPL_HIGH)
        node = sq.after[k]
        if node == 0:  # without a lock another thread on this CPU may have been quicker
            spl_irq_restore(s)
            break
        softq_remove(k, node)
        sq.pending[node - SOFTS] = 0
        spl_irq_restore(s)
        softirq_call(softints.softint[node - SOFTS])


def softirq_call(si: Softint) -> None:
    """Call the handler. It may wait for a lock that is not raw, and for nothing else."""
    l = ci.curlwp
    level = spl_level()
    if si.si_dev != NODEV:
        mark(MARK_START, si.si_dev, 0)
    rt_of(l).rt_locks = l.l_locks
    rt_of(l).rt_nopreempt = l.l_nopreempt
    l.l_flag |= LW_NOSLEEP
    l.l_splfloor = IPL_SOFTCLOCK
    si.si_func(si.si_arg)
    l.l_splfloor = IPL_NONE
    l.l_flag &= ~LW_NOSLEEP
    assert spl_level() == level, "softint returned at another level"
    assert ci.mtx_count == 0, "softint left a spin mutex held"
    assert l.l_locks == rt_of(l).rt_locks, "softint left a mutex held"
    assert l.l_nopreempt == rt_of(l).rt_nopreempt, "softint left preemption disabled"
    rt_of(l).rt_locks = 0
    rt_of(l).rt_nopreempt = 0
    if si.si_autodone != 0:
        mark(MARK_DONE, si.si_dev, 0)


def softint_thread(k: int) -> None:
    """run_ksoftirqd, and for SOFT_CLOCK run_ktimerd: an empty section, at whose end all is done that is pending."""
    while True:
        splraise(IPL_SOFTCLOCK)
        intr_disable()
        if k == SOFT_CLOCK:
            softirq.timers = 0
            softirq.wanted |= bit(SOFT_CLOCK)
        else:
            softirq.asked = 0
        intr_enable()
        splx(IPL_NONE)
        lwp_park()


@invariant()
def softint_always(si: Softint) -> bool:
    """1, below IPL_HIGH."""
    return spl_level() >= IPL_HIGH or softq_has(si) == (sq.pending[si.si_index] != 0)


@invariant()
def bh_section() -> bool:
    """2."""
    l = ci.curlwp
    if rt_of(l).rt_bh == 0:
        return True
    return rt_of(l).rt_nomigrate != 0 and (RT_BH_LOCK == 0 or bhlocks.lock.word & ~7 == addr(l))
