"""workqueue(9): have a thread do it later.

What
----
A list of requests and one thread that serves them in order. Any context may add to it up to the level it was made
for; the function runs in the thread, and may sleep.

Why
---
"Kernel threads are fine for driver work that is not really interrupt processing" (Laight, 2006-12-02), and the
answer of 2007 to those who wanted handlers that sleep: a softint if it may not, a workqueue if it must (Thomas,
tech-kern, 2007-02-21).

The race
--------
    cpu0: worker                        cpu1: handler
    reads queue.wq_head: NULL
    sleepq_enter                -- cv_wait
    worker.word := 0            -- and then wq_lock goes
                                        interrupt nic
                                        workqueue_enqueue
                                        queue.wq_head := wk
                                        cv_signal
                                        spins on sh_lock.word
    switch_to(idle/0)
                                        workqueue_enqueue returns
    reads queue.wq_head: wk

Invariants
----------
1. wk_queued is 1 exactly while the request is on the list.
2. wq_tail is the last of the list if wq_head is not NULL.
3. The function returns at IPL_NONE, with no lock of any kind, and preemption as it was.

Sources
-------
NetBSD sys/kern/subr_workqueue.c (workqueue_enqueue, workqueue_worker, workqueue_run), about 2013.

Left out
--------
A thread per CPU (WQ_PERCPU), waiting for a request to be done, destroying.
"""

from __future__ import annotations

from splx.kernel.interface.left import work_left
from splx.kernel.interface.locks import mutex_enter, mutex_exit
from splx.kernel.interface.sync import Work, Workqueue, cv_signal, cv_wait
from splx.lang.kernel import NULL, at, invariant

__account__ = "other"


def workqueue_enqueue(wq: Workqueue, wk: Work, arg: int) -> None:
    """Add `wk` to the list, and wake the worker."""
    mutex_enter(wq.wq_lock)
    assert wk.wk_queued == 0, "work queued twice"
    wk.wk_queued = 1
    wk.wk_arg = arg
    if wq.wq_head is NULL:
        wq.wq_head = wk
    else:
        wq.wq_tail.wk_next = wk
    wq.wq_tail = wk
    cv_signal(wq.wq_cv)
    mutex_exit(wq.wq_lock)


def workqueue_worker(where: int) -> None:
    """What the thread of the workqueue at address `where` runs."""
    wq = at(Workqueue, where)
    while True:
        mutex_enter(wq.wq_lock)
        while wq.wq_head is NULL:
            cv_wait(wq.wq_cv, wq.wq_lock)
        wk = wq.wq_head
        wq.wq_head = wk.wk_next
        wk.wk_next = NULL
        wk.wk_queued = 0
        arg = wk.wk_arg
        mutex_exit(wq.wq_lock)
        wq.wq_func(arg)
        work_left()


def workqueue_invariant(wq: Workqueue) -> bool:
    """1, with wq_lock held, for the first of the list."""
    return wq.wq_head is NULL or wq.wq_head.wk_queued == 1


@invariant()
def workqueue_always(wq: Workqueue) -> bool:
    """1, while nobody has its lock."""
    return wq.wq_lock.word != 0 or workqueue_invariant(wq)
