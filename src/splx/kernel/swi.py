"""swi(9): soft interrupts as threads that the scheduler runs, one for each soft level of each CPU.

What
----
`softint_schedule` puts a handler on the list of its level, on the CPU where it is called, and wakes the thread of
that level if nobody has. The thread runs in its turn, which is before all threads but those of interrupts, with
every lock at its disposal, and empties its list.

Why
---
A soft interrupt that is a thread like any other needs neither levels nor a place on somebody's stack. It costs a
switch there and a switch back.

The race
--------
The thread says that it is not at work any more while its list is empty, with interrupts off. Whoever adds to the
list afterwards wakes it, even before it sleeps: wakings are counted.

    cpu0
    interrupt clock
    softint_schedule(softclock)
    softclock
    sq.active[0] := 0
    interrupt clock
    softint_schedule(softclock)
    sq.active[0] := 1
    lwp_unpark(swiclock/0)
    lwp_park returns            -- at once
    softclock

Invariants
----------
1. A handler is pending if and only if it is on exactly one queue.
2. While a queue is not empty its level is active: its thread was woken, or is at work.

Sources
-------
FreeBSD sys/kern/kern_intr.c @013ea0bf: swi_add, swi_sched, ithread_execute_handlers of a soft event, where each
handler has a flag in place of a list.

Left out
--------
One thread of a class for all CPUs: callouts and the network have one for each, and the interface here means that.
"""

from __future__ import annotations

from splx.kernel.interface.axes import spl_level, splraise, splx
from splx.kernel.interface.levels import IPL_HIGH, IPL_NONE, MARK_DONE, MARK_START, NODEV, SOFTS
from splx.kernel.interface.lines import Softint, softcpu, softints
from splx.kernel.interface.locks import kernel_lock, kernel_unlock
from splx.kernel.interface.lwp import LW_NOSLEEP, ci
from splx.kernel.interface.sched import lwp_park, lwp_unpark
from splx.kernel.interface.softq import softq_has, softq_put, softq_remove, sq
from splx.lang.kernel import inline, invariant
from splx.machine.intrinsics import mark, swap_local

__account__ = "intr"


def softint_schedule(si: Softint) -> None:
    """swi_sched: have `si` run soon on this CPU, once however often it is asked for until then.

    Any thread may ask, for it cannot be moved to another CPU from the first word on.
    """
    i = si.si_index
    s = splraise(IPL_HIGH)
    if swap_local(sq.pending[i], 1) == 0:
        k = si.si_soft
        softq_put(k, i)
        if sq.active[k] == 0:
            sq.active[k] = 1
            lwp_unpark(softcpu.lwp[k])
    splx(s)


def softint_thread(k: int) -> None:
    """The thread of soft level `k` on this CPU."""
    while True:
        s = splraise(IPL_HIGH)
        node = sq.after[k]
        if node == 0:
            sq.active[k] = 0
            splx(s)
            lwp_park()
        else:
            softq_remove(k, node)
            sq.pending[node - SOFTS] = 0
            splx(s)
            swi_execute(softints.softint[node - SOFTS])


@inline
def swi_execute(si: Softint) -> None:
    """Call a handler, with Giant unless it does without; it may not sleep."""
    l = ci.curlwp
    l.l_flag |= LW_NOSLEEP
    if si.si_mpsafe == 0:
        kernel_lock()
    if si.si_dev != NODEV:
        mark(MARK_START, si.si_dev, 0)
    si.si_func(si.si_arg)
    if si.si_mpsafe == 0:
        kernel_unlock()
    l.l_flag &= ~LW_NOSLEEP
    assert spl_level() == IPL_NONE, "softint returned at another level"
    assert ci.mtx_count == 0, "softint left a spin mutex held"
    assert l.l_locks == 0, "softint left a mutex held"
    assert l.l_nopreempt == 0, "softint left preemption disabled"
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
