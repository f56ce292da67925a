"""softirq: soft interrupts on the way out of interrupts, a few rounds at a time, and a thread for what is too much.

What
----
`softint_schedule` (raise_softirq) puts a handler on its list, on the CPU where it is called, and marks its class as
pending. On the way out of the outermost interrupt, and where a section that held soft work back ends, the CPU looks
at the mark: if it is set it runs the classes in their order, with interrupts on, and looks again. If there is more to
do then, and SOFTIRQ_ROUNDS rounds are over, or SOFTIRQ_TIME, or a thread should run, it stops and wakes ksoftirqd, a
thread of each CPU, which goes on as a thread may: in its turn. Who raises work outside any interrupt wakes ksoftirqd
at once. With SOFTIRQ_LOOKS every way out does what was left as well, whoever is on its way. And where handlers are
forced into threads an interrupt that has none wakes it, too, in place of the rounds.

Why
---
Soft work that was raised by an interrupt runs in microseconds, on the stack of whatever was interrupted, with no
switch. The limit is there because the work can raise itself again: a network under load would never let a thread
run. Neither side of that limit is good: within it threads starve, beyond it packets wait like any thread.

The race
--------
The mark is taken with interrupts off, all classes together, before any of them runs. What an interrupt raises while
they run makes a new mark, and is seen by the look that follows:

    cpu0
    interrupt nic
    softint_schedule(first)
    softint_run                 -- on the way out
    softirq.wanted := 0
    first
    interrupt disk
    softint_schedule(second)
    softint_schedule returns
    softirq.wanted is 2
    mask_leave                  -- not here: soft work is being done
    second                      -- the next round

Cleared after the classes have run, the second would be forgotten. And the look is all it asks for: were the second
to ask for a way out of its own, what is left at the limit would be done at once on that one, and so for ever.

Invariants
----------
1. A handler is pending if and only if it is on exactly one queue.
2. While a class has handlers that are queued, it is marked, or a round that has taken the mark is under way.
3. A handler returns at its level, with no lock and no level of its own, and preemption as it was.

Sources
-------
Linux kernel/softirq.c @01581a21 (6.x): raise_softirq, handle_softirqs, invoke_softirq, run_ksoftirqd; before v6.5
the way out did nothing while ksoftirqd was runnable (KSOFTIRQD_WAITS; 4cd13c21b207, 4.9, brought that, d15121be7485
removed it). SOFTIRQ_LOOKS is local_softirq_pending in irq_exit and __local_bh_enable_ip, before and after; without it
what ksoftirqd was woken for is done by others only when they raise more.

Left out
--------
An interrupt that raises nothing does not look at what others left to ksoftirqd. The order of classes is that of the
names here: clock, net, block, and the tasklets' last; that of HI comes first, where there are tasklets. Classes that
were exempt from the rule of before v6.5. A stack of their own. A handler may run on two CPUs at once: one that may not
is a tasklet, which is on top of this.
"""

from __future__ import annotations

from splx.kernel.interface.axes import (
    frame_of,
    intr_leave,
    mask_enter,
    mask_leave,
    spl_level,
    spl_request,
    splraise,
    splx,
)
from splx.kernel.interface.left import nopreempt_check, nopreempt_enter, nopreempt_exit
from splx.kernel.interface.levels import (
    IPL_HIGH,
    IPL_NONE,
    IPL_SOFTCLOCK,
    KSOFTIRQD_WAITS,
    MARK_DONE,
    MARK_START,
    NODEV,
    SOFT_BIO,
    SOFT_CLOCK,
    SOFT_FIRST,
    SOFT_HI,
    SOFT_NET,
    SOFT_SERIAL,
    SOFTIRQ_LOOKS,
    SOFTIRQ_ROUNDS,
    SOFTIRQ_TIME,
    SOFTS,
    STAMP_SOFTIRQ,
    TASKLETS,
)
from splx.kernel.interface.lines import IntrSource, Softint, softcpu, softints
from splx.kernel.interface.lwp import (
    ci,
    cpu_intr_p,
    splfloor_enter,
    splfloor_exit,
)
from splx.kernel.interface.sched import lwp_park, lwp_unpark
from splx.kernel.interface.softq import softq_has, softq_put, softq_remove, sq
from splx.lang.kernel import NULL, PerCpu, entry, i64, inline, invariant, u8
from splx.lang.wide import bit
from splx.machine.intrinsics import become, cpu_number, elapsed, intr_disable, intr_enable, mark, stamp, swap_local

__account__ = "intr"


class SoftirqCpu(PerCpu):
    """What is to be done on a CPU. Used by it alone, with interrupts off."""

    wanted: i64  # bits of classes that were raised
    left: u8  # an interrupt on its way out has left it to ksoftirqd
    asked: u8  # ksoftirqd has been woken, and has not looked yet
    busy: u8  # rounds are under way, which see what is raised meanwhile


softirq = SoftirqCpu()


def softint_schedule(si: Softint) -> None:
    """raise_softirq: have `si` run soon on this CPU, once however often it is asked for until then."""
    i = si.si_index
    if sq.pending[i] != 0:
        softirq_again()
        return
    s = splraise(IPL_HIGH)
    if swap_local(sq.pending[i], 1) == 0:
        k = si.si_soft
        softq_put(k, i)
        softirq.wanted |= bit(k)
        if softirq.busy == 0:
            if cpu_intr_p() or s >= IPL_SOFTCLOCK:
                spl_request(SOFT_FIRST)
            else:
                wakeup_softirqd()
    splx(s)


@inline
def softirq_again() -> None:
    """What was left to ksoftirqd is asked for by another interrupt: its way out looks at it, too, whoever raised it."""
    if softirq.busy == 0 and cpu_intr_p():
        spl_request(SOFT_FIRST)


@inline
def wakeup_softirqd() -> None:
    """Have the thread go on with what is left. Interrupts off."""
    if softirq.asked == 0:
        softirq.asked = 1
        lwp_unpark(softcpu.lwp[SOFT_FIRST])


def softint_leave(old: int) -> None:
    """invoke_softirq where handlers are forced into threads: the way out that follows does nothing itself."""
    if old < IPL_SOFTCLOCK and softirq.wanted != 0:
        softirq.left = 1
        spl_request(SOFT_FIRST)
        wakeup_softirqd()


@entry
def softint_run(s: IntrSource) -> None:
    """irq_exit, or the end of a section: in the frame of the soft levels, interrupts off."""
    old = mask_enter(s.is_level)
    if softirq.left != 0:
        softirq.left = 0
    elif KSOFTIRQD_WAITS == 0 or softirq.asked == 0:
        depth = ci.idepth
        ci.idepth = depth + 1
        handle_softirqs(s.is_level)
        ci.idepth = depth
    if SOFTIRQ_LOOKS != 0:
        softirq_leave(old)
    else:
        intr_leave(old)


@inline
def softirq_leave(old: int) -> None:
    """`intr_leave`, and what is left asks for the next way out: not for this one, else there would be no end."""
    s = mask_leave(old)
    if softirq.wanted != 0:
        spl_request(SOFT_FIRST)
    if s is not NULL:
        become(frame_of(s), s.is_run, s)


def handle_softirqs(level: int) -> None:
    """One round, and more up to SOFTIRQ_ROUNDS, at `level`. Called and returns with interrupts off.

    The limits are looked at between rounds: else ksoftirqd, woken because a thread should run, would do nothing at all.
    """
    rounds = SOFTIRQ_ROUNDS
    softirq.busy = 1
    stamp(STAMP_SOFTIRQ + cpu_number())
    while softirq.wanted != 0:
        first = rounds == SOFTIRQ_ROUNDS
        if not first and (rounds == 0 or ci.want_resched != 0 or elapsed(STAMP_SOFTIRQ + cpu_number(), SOFTIRQ_TIME)):
            wakeup_softirqd()
            intr_disable()  # the locks of the scheduler let them in again, at `level`
            break
        rounds -= 1
        wanted = softirq.wanted
        softirq.wanted = 0
        nopreempt_enter(level)
        intr_enable()
        softirq_round(wanted, level)
        intr_disable()
        nopreempt_check(level)
        nopreempt_exit(level)
    softirq.busy = 0


def softirq_round(wanted: int, level: int) -> None:
    """Each class of `wanted` in its turn. At `level`, interrupts on."""
    if TASKLETS != 0 and wanted & bit(SOFT_HI) != 0:
        softirq_action(SOFT_HI, level)
    if wanted & bit(SOFT_CLOCK) != 0:
        softirq_action(SOFT_CLOCK, level)
    if wanted & bit(SOFT_NET) != 0:
        softirq_action(SOFT_NET, level)
    if wanted & bit(SOFT_BIO) != 0:
        softirq_action(SOFT_BIO, level)
    if wanted & bit(SOFT_SERIAL) != 0:
        softirq_action(SOFT_SERIAL, level)


def softirq_action(k: int, level: int) -> None:
    """Run what is queued of class `k` now; what joins meanwhile is for the next round."""
    last = sq.last[k]
    node = k
    while node != last:
        s = splraise(IPL_HIGH)
        node = sq.after[k]
        softq_remove(k, node)
        sq.pending[node - SOFTS] = 0
        splx(s)
        l = ci.curlwp
        splfloor_enter(l, level)
        softirq_call(softints.softint[node - SOFTS])
        splfloor_exit(l, level)
        assert spl_level() == level, "softint returned at another level"
        assert ci.mtx_count == 0, "softint left a spin mutex held"


@inline
def softirq_call(si: Softint) -> None:
    """Call the handler."""
    if si.si_dev != NODEV:
        mark(MARK_START, si.si_dev, 0)
    si.si_func(si.si_arg)
    if si.si_autodone != 0:
        mark(MARK_DONE, si.si_dev, 0)


def softint_thread(level: int) -> None:
    """run_ksoftirqd: the rounds of a thread. It is woken once for each; what is left wakes it again, as a thread."""
    while True:
        splraise(level)
        intr_disable()
        softirq.asked = 0
        ci.idepth += 1
        handle_softirqs(level)
        ci.idepth -= 1
        if SOFTIRQ_LOOKS != 0 and softirq.wanted != 0:
            softirq.left = 1  # not by the `splx` of this thread
            spl_request(SOFT_FIRST)
        intr_enable()
        splx(IPL_NONE)
        lwp_park()


def softint_invariant(si: Softint) -> bool:
    """1, 2: at IPL_HIGH."""
    queued = softq_has(si)
    return queued == (sq.pending[si.si_index] != 0)


@invariant()
def softint_always(si: Softint) -> bool:
    """1, below IPL_HIGH."""
    return spl_level() >= IPL_HIGH or softint_invariant(si)
