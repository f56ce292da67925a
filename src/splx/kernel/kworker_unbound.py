"""Workqueues that are no CPU's: each request has a worker at once, which runs wherever there is room.

What
----
The requests of such a workqueue go to one pool, from whichever CPU they are made. Its workers are bound to no CPU, and
the scheduler puts them where there is least to do. Nobody counts who of them runs and who sleeps: while requests wait
and a worker is idle, it is woken, and a worker that takes one off the list wakes the next. A limit of requests under
way is one of all CPUs together.

Why
---
A pool of a CPU lets one of its workers run at a time. That is right for what is short, or sleeps; what computes for
long keeps all that stand behind it waiting, while other CPUs may be idle. Here the scheduler has it as it has any other
thread. In exchange nothing of it is where the request was made, and all CPUs meet at one lock.

The race
--------
Whoever was woken has not begun yet, and does not until a CPU is free. A second request does not wake another worker,
then: whoever begins does so. The first request computes for ever, and the second is run beside it:

    cpu0                                cpu1
    pool/u.p_running := 1
    workqueue_enqueue returns
                                        switch_to(kworker/u:0)
    workqueue_enqueue
    kick_pool                   -- one was woken
    workqueue_enqueue returns
                                        pool/u.p_running := 0
                                        kick_pool
                                        pool/u.p_running := 1
                                        lwp_unpark(kworker/u:1)
                                        spins on box.go
    switch_to(kworker/u:1)
    pool/u.p_running := 0
    box.go := 1

Invariants
----------
1. p_running is how many of the pool were woken and have not begun.
2. While requests wait, one of the pool was woken; or none is idle, and the rescuer of each was asked, or is at work.
3. A worker that sleeps in a function is told to nobody, since nobody counted it.

Sources
-------
Linux kernel/workqueue.c (6.5): worker_thread (WORKER_UNBOUND, which is among WORKER_NOT_RUNNING), process_one_work
("chain execution of the pending work items"), kick_pool; Documentation/core-api/workqueue.rst, WQ_UNBOUND.

Left out
--------
Several such pools, one for each node (since 6.6, for each cache), and their masks of CPUs. Requests that keep a CPU for
long and leave their own pool for that (WQ_CPU_INTENSIVE).
"""

from __future__ import annotations

from splx.kernel.interface.locks import mutex_spin_enter, mutex_spin_exit
from splx.kernel.interface.sched import lwp_park
from splx.kernel.interface.wq import Worker, WorkerPool, kick_pool, manage_workers, work_run, worker_idle
from splx.lang.kernel import NULL, at

__account__ = "other"


def kworker_unbound_loop(where: int) -> None:
    """worker_thread, of the worker at address `where`. It was counted by who woke it."""
    w = at(Worker, where)
    pool = w.w_pool
    while True:
        mutex_spin_enter(pool.p_lock)
        manage_workers(w)
        pool.p_running -= 1
        while pool.p_head is not NULL:
            process_one_work(pool)
        w.w_next = pool.p_idle
        pool.p_idle = w
        worker_idle(pool)
        mutex_spin_exit(pool.p_lock)
        lwp_park()


def process_one_work(pool: WorkerPool) -> None:
    """The first that waits, and somebody else for the next. Called and returns with the lock."""
    wk = pool.p_head
    pool.p_head = wk.wk_next
    kick_pool(pool)
    work_run(pool, wk)
