"""kthread(9): how a thread of the kernel begins and ends.

What
----
A thread starts where another one was switched away from: its first instruction is on the far side of a switch, at
IPL_SCHED, with the switch to be finished. Then it runs its function at IPL_NONE. It ends by giving its CPU to
another, and does not come back; its context is free, and nothing else of it is used again.

Why
---
Everything that runs is a thread, idle ones and interrupt threads included; these are the ones that a driver or a
scenario makes.

The race
--------
The last act must not be done by the thread itself: freeing the context it stands on.

    cpu0
    kthread_exit
    l.l_stat := LSZOMB
    switch_away
    switch_exit(idle/0)         -- frees it and runs the next, as one action

Invariants
----------
1. A thread ends at IPL_NONE, with no lock of any kind.

Sources
-------
NetBSD sys/kern/kern_kthread.c (kthread_exit), sys/kern/kern_lwp.c (lwp_startup), about 2013.

Left out
--------
Creating threads while the system runs, kthread_join, reuse of what an ended thread leaves.
"""

from __future__ import annotations

from splx.kernel.interface.axes import spl_irq_restore, spl_irq_save, spl_level
from splx.kernel.interface.levels import IPL_NONE, IPL_SCHED
from splx.kernel.interface.lwp import LSZOMB, LW_NOSLEEP, Lwp, ci, cpu_intr_p
from splx.kernel.interface.sched import switch_away, switch_finish
from splx.lang.kernel import account, entry

__account__ = "sched"


@entry
@account("thread")
def lwp_startup(l: Lwp) -> None:
    """The main context of `l` begins."""
    switch_finish()
    spl_irq_restore(IPL_NONE)
    l.l_func(l.l_arg)
    kthread_exit()


def kthread_exit() -> None:
    """The running thread ends."""
    l = ci.curlwp
    assert not cpu_intr_p(), "kthread_exit in an interrupt that may not sleep"
    assert l.l_flag & LW_NOSLEEP == 0, "kthread_exit in a softint or interrupt thread"
    assert spl_level() == IPL_NONE, "thread ended at a raised level"
    assert l.l_blcnt == 0, "thread ended holding kernel_lock"
    assert l.l_locks == 0, "thread ended holding a mutex or an rwlock"
    assert l.l_nopreempt == 0, "thread ended with a preempt count that is not 0"
    spl_irq_save(IPL_SCHED)
    l.l_stat = LSZOMB
    switch_away()
