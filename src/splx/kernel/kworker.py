"""Workqueues by pools: each CPU has workers, of which one runs, and another one when that sleeps.

What
----
`workqueue_enqueue` puts the request on the list of this CPU's pool and wakes an idle worker, unless one of the pool is
running already: that one will come to it. The scheduler tells the pool when a worker that is in the middle of a
function goes to sleep; if it was the last that ran, and requests wait, another one is woken. So there is never more
than one at work for want of a reason, and never none. A worker that comes back makes two, and the next that ends its
function goes idle.

Workers are a stock. When all of them sleep, and none is left, the threads of the workqueues themselves, of all of which
a request waits, are asked: each, a rescuer, takes those of its own off the list, wherever they stand. One that is at
work already is not woken, since it may sleep for anything, and looks again before it rests.

A workqueue may be of high priority: then its requests go to a second pool of the CPU, whose workers are better threads,
and which knows nothing of the first. And it may have a limit of how many requests of it are on the list of a CPU, or at
work from there, at once: what is more waits behind, in order, and comes to the list when one is through.

Why
---
With a thread for each workqueue there are many threads that hardly ever run, and still one request that sleeps keeps
all that stand behind it waiting; if what it sleeps for stands among those, for ever. With pools there are as many as
are needed at once. In exchange two requests of a workqueue may run at the same time, on two CPUs, or one while the
other sleeps: what they share needs a lock.

The race
--------
The first request waits for what the second will do. It sleeps, and that is what lets the second run:

    cpu0
    workqueue_enqueue
    kick_pool
    pool/0.p_running := 1
    workqueue_enqueue
    kick_pool                   -- one is running
    switch_to(kworker/0:0)
    waits
    wq_worker_sleeping
    pool/0.p_running := 0
    kick_pool
    pool/0.p_running := 1
    switch_to(kworker/0:1)
    wakes
    pool/0.p_running := 0       -- idle again
    switch_to(kworker/0:0)
    wq_worker_running
    pool/0.p_running := 1

Invariants
----------
1. wk_queued is 1 exactly while the request is on a list.
2. While requests wait, a worker of the pool runs or has been woken, or none is idle.
3. A worker that sleeps in a function does not count as running.
4. A rescuer is woken only while it rests: what else it sleeps for is not ours to end, and its lock not ours to take.
5. While requests wait, none runs and none is idle, the rescuer of each has been asked, or is at work.
6. No more requests of a workqueue are on the list of a CPU, or at work from there, than its limit says.
7. While requests wait behind the limit, as many as it says are on the list, or at work.
8. What keeps the workers of one pool busy keeps no request of the other waiting.
9. A function returns at IPL_NONE, with no lock of any kind, and preemption as it was.

Sources
-------
Linux kernel/workqueue.c (6.x): insert_work, kick_pool, worker_thread, wq_worker_sleeping, wq_worker_running,
rescuer_thread, assign_rescuer_work, pool_mayday_timeout, pwq_tryinc_nr_active, pwq_dec_nr_in_flight;
Documentation/core-api/workqueue.rst.

Left out
--------
Pools that are no CPU's (WQ_UNBOUND) are in kworker_unbound, workers that are made when none is idle in kworker_manager.
A rescuer goes to the CPU of the pool there. The limit of who sets none (256). Nice values: workers of high priority,
which are ordinary threads of nice -20 there, are strictly better here. Requests that keep their CPU for long
(WQ_CPU_INTENSIVE).
"""

from __future__ import annotations

from splx.kernel.interface.axes import kpreempt_disable, kpreempt_enable
from splx.kernel.interface.left import work_left
from splx.kernel.interface.levels import NCPU, NPOOLQ, NPOOLS, WQ_ANYWHERE
from splx.kernel.interface.locks import mutex_spin_enter, mutex_spin_exit
from splx.kernel.interface.lwp import Lwp, ci
from splx.kernel.interface.sched import lwp_park, lwp_unpark
from splx.kernel.interface.sync import Work, Workqueue
from splx.kernel.interface.wq import (
    LW_KWORKER,
    WQ_UNBOUND,
    PoolQueue,
    Worker,
    WorkerPool,
    limits,
    manage_workers,
    pools,
    worker_idle,
)
from splx.lang.kernel import NULL, at, inline, invariant
from splx.machine.intrinsics import cas, cpu_number, swap

__account__ = "other"

# wq_mayday
RESTS = 0  # the rescuer is parked, or about to be
ASKED = 1
AT_WORK = 2


def workqueue_enqueue(wq: Workqueue, wk: Work, arg: int) -> None:
    """queue_work: on the list of this CPU."""
    kpreempt_disable()
    pool = pool_of(wq, cpu_number())
    mutex_spin_enter(pool.p_lock)
    assert wk.wk_queued == 0, "work queued twice"
    wk.wk_queued = 1
    wk.wk_arg = arg
    wk.wk_wq = wq
    if NPOOLQ == 0 or wq.wq_max == 0 or pwq_enter(limit_of(wq, pool), wq, wk):
        insert_work(pool, wk)
        kick_pool(pool)
    mutex_spin_exit(pool.p_lock)
    kpreempt_enable()


@inline
def pool_of(wq: Workqueue, cpu: int) -> WorkerPool:
    """The pool of a CPU where requests of `wq` go."""
    if NPOOLS == NCPU:
        return pools.of[cpu]
    if WQ_ANYWHERE != 0 and wq.wq_class >= WQ_UNBOUND:
        return pools.of[NPOOLS - 2 + wq.wq_class - WQ_UNBOUND]
    return pools.of[wq.wq_class * NCPU + cpu]


def insert_work(pool: WorkerPool, wk: Work) -> None:
    """The last that waits. The lock is held."""
    if pool.p_head is NULL:
        pool.p_head = wk
    else:
        pool.p_tail.wk_next = wk
    pool.p_tail = wk


def kick_pool(pool: WorkerPool) -> None:
    """Wake an idle worker if requests wait and none runs; a rescuer if there is none. The lock is held."""
    wk = pool.p_head
    if wk is NULL or pool.p_running != 0:
        return
    w = pool.p_idle
    if w is not NULL:
        pool.p_idle = w.w_next
        pool.p_running = 1
        lwp_unpark(w.w_lwp)
    else:
        while wk is not NULL:
            send_mayday(wk.wk_wq)
            wk = wk.wk_next


def send_mayday(wq: Workqueue) -> None:
    """Ask the rescuer of `wq`, once until it looks, and wake it if it rests."""
    was = wq.wq_mayday
    while was & ASKED == 0 and not cas(wq.wq_mayday, was, was | ASKED):
        was = wq.wq_mayday
    if was == RESTS:
        lwp_unpark(wq.wq_lwp)


def kworker_loop(where: int) -> None:
    """worker_thread, of the worker at address `where`. It was counted as running by who woke it."""
    w = at(Worker, where)
    pool = w.w_pool
    l = ci.curlwp
    while True:
        mutex_spin_enter(pool.p_lock)
        manage_workers(w)
        l.l_flag |= LW_KWORKER
        while pool.p_head is not NULL and pool.p_running == 1:
            process_one_work(pool)
        l.l_flag &= ~LW_KWORKER
        pool.p_running -= 1
        w.w_next = pool.p_idle
        pool.p_idle = w
        worker_idle(pool)
        mutex_spin_exit(pool.p_lock)
        lwp_park()


def process_one_work(pool: WorkerPool) -> None:
    """The first that waits. Called and returns with the lock."""
    wk = pool.p_head
    pool.p_head = wk.wk_next
    work_run(pool, wk)


def work_run(pool: WorkerPool, wk: Work) -> None:
    """Call the function of `wk`, which has been taken off the list. Called and returns with the lock."""
    wk.wk_next = NULL
    wk.wk_queued = 0
    wq = wk.wk_wq
    arg = wk.wk_arg
    mutex_spin_exit(pool.p_lock)
    wq.wq_func(arg)
    work_left()
    mutex_spin_enter(pool.p_lock)
    if NPOOLQ != 0 and wq.wq_max != 0:
        pwq_leave(limit_of(wq, pool), pool)


# ---- limits


@inline
def limit_of(wq: Workqueue, pool: WorkerPool) -> PoolQueue:
    """What `wq` has at the CPU of a pool."""
    return limits.of[wq.wq_number * NCPU + pool.p_cpu]


def pwq_enter(q: PoolQueue, wq: Workqueue, wk: Work) -> bool:
    """pwq_tryinc_nr_active: whether `wk` may go on the list; else it waits behind the others. The lock is held."""
    if q.q_active < wq.wq_max:
        q.q_active += 1
        return True
    if q.q_head is NULL:
        q.q_head = wk
    else:
        q.q_tail.wk_next = wk
    q.q_tail = wk
    return False


def pwq_leave(q: PoolQueue, pool: WorkerPool) -> None:
    """pwq_dec_nr_in_flight: one is through; the first that waits behind takes its place. The lock is held."""
    wk = q.q_head
    if wk is NULL:
        q.q_active -= 1
    else:
        q.q_head = wk.wk_next
        wk.wk_next = NULL
        insert_work(pool, wk)


# ---- what the scheduler tells


def wq_worker_sleeping(l: Lwp) -> None:
    """Another one, if this was the last. Workers do not leave their CPU."""
    pool = pool_running(l)
    mutex_spin_enter(pool.p_lock)
    pool.p_running -= 1
    kick_pool(pool)
    mutex_spin_exit(pool.p_lock)


def wq_worker_running() -> None:
    """One more."""
    pool = pool_running(ci.curlwp)
    mutex_spin_enter(pool.p_lock)
    pool.p_running += 1
    mutex_spin_exit(pool.p_lock)


@inline
def pool_running(l: Lwp) -> WorkerPool:
    """Of which `l` is a worker."""
    if NPOOLS == NCPU:
        return pools.of[cpu_number()]
    return at(Worker, l.l_arg).w_pool


# ---- rescuers


def workqueue_worker(where: int) -> None:
    """rescuer_thread, of the workqueue at address `where`: whatever of it waits in a pool without workers."""
    wq = at(Workqueue, where)
    lwp_park()
    while True:
        swap(wq.wq_mayday, AT_WORK)
        for cpu in range(NCPU):
            if WQ_ANYWHERE == 0 or cpu == 0 or wq.wq_class < WQ_UNBOUND:
                rescue(pool_of(wq, cpu), wq)
        if cas(wq.wq_mayday, AT_WORK, RESTS):
            lwp_park()


@inline
def rescue(pool: WorkerPool, wq: Workqueue) -> None:
    """All of `wq` that is on the list of a pool."""
    mutex_spin_enter(pool.p_lock)
    wk = rescued(pool, wq)
    while wk is not NULL:
        work_run(pool, wk)
        wk = rescued(pool, wq)
    mutex_spin_exit(pool.p_lock)


def rescued(pool: WorkerPool, wq: Workqueue) -> Work:
    """Take the first that waits of `wq`, unless one of the pool runs, which comes to it. NULL if there is none."""
    before: Work = NULL
    wk: Work = pool.p_head if pool.p_running == 0 else NULL  # else none is idle (2)
    while wk is not NULL and wk.wk_wq is not wq:
        before = wk
        wk = wk.wk_next
    if wk is not NULL:
        work_unlink(pool, before, wk)
    return wk


def work_unlink(pool: WorkerPool, before: Work, wk: Work) -> None:
    """Take `wk`, which stands behind `before`, off the list."""
    if before is NULL:
        pool.p_head = wk.wk_next
    else:
        before.wk_next = wk.wk_next
    if pool.p_tail is wk:
        pool.p_tail = before


@invariant()
def kworker_always(pool: WorkerPool) -> bool:
    """1, of the first; 2, and 5 of the first, while nobody has the lock."""
    wk = pool.p_head
    if pool.p_lock.word != 0 or wk is NULL:
        return True
    if pool.p_running == 0 and wk.wk_wq.wq_mayday == RESTS:
        return False
    return wk.wk_queued == 1 and (pool.p_running > 0 or pool.p_idle is NULL)


@invariant()
def kworker_limits(wq: Workqueue) -> bool:
    """6 and 7, while nobody has the lock, at each CPU."""
    if NPOOLQ == 0 or wq.wq_max == 0:
        return True
    for cpu in range(NCPU):
        pool = pool_of(wq, cpu)
        q = limit_of(wq, pool)
        if pool.p_lock.word == 0 and (q.q_active > wq.wq_max or (q.q_head is not NULL and q.q_active < wq.wq_max)):
            return False
    return True
