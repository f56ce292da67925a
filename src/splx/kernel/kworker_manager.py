"""Workers that are made when they are needed: the last that was idle makes another one before it begins.

What
----
A pool begins with one worker. Whoever is woken and leaves none idle behind is the manager: it makes another one, up to
a number, and begins only then; so there is always one to be woken when it sleeps. Where none can be made it does not
begin, since nobody would be there to wake after it: it asks the rescuers of all that wait, and waits itself, until a
worker is idle.

Or a pool has its workers from the beginning (WQ_GROWS 0), and none of this is done.

Why
---
How many workers are needed at once nobody knows beforehand: as many as sleep in functions, and one. With a stock of
fixed size it is too large mostly, and too small at the worst time. To make a thread takes memory, which may be what all
those who sleep are to free: so making is done before one is lacking, and rescuers, which there are already, are asked
when it fails.

The race
--------
Two requests, of which the first waits for what the second does, and a pool of two. The second worker is the last, and
stays at hand; the rescuer does what it would have done:

    cpu0
    pool/0.p_running := 1       -- kick_pool
    switch_to(kworker/0:0)
    manage_workers
    pool/0.lock.word := 0       -- for memory
    pool/0.p_idle := kworker/0:1.worker
    waits
    wq_worker_sleeping
    pool/0.p_running := 1
    switch_to(kworker/0:1)
    manage_workers              -- and there is none to make
    pool/0.p_manager := kworker/0:1.worker
    pool/0.p_running := 0
    send_mayday
    switch_to(queue)
    wakes
    switch_to(kworker/0:0)
    pool/0.p_idle := kworker/0:0.worker
    pool/0.p_manager := NULL    -- worker_idle

Invariants
----------
1. A worker of the pool is idle, or was woken, or runs, or waits to make another one.
2. Who waits for that has none to make, and none is idle.
3. What waits when there is none to make has its rescuers asked.

Sources
-------
Linux kernel/workqueue.c (6.5): worker_thread, may_start_working, manage_workers, maybe_create_worker, create_worker,
pool_mayday_timeout.

Left out
--------
Threads are not made here: those of a pool are there from the beginning, asleep, and count as made once they are on the
list of the idle. Their memory, and with it the time that making takes. Ten milliseconds until rescuers are asked, and a
second until a manager looks again: the ones are asked at once, and the other is told. Workers that end when there were
too many for five minutes. There a manager does not count as running, and must be kept from being two; here it counts,
and nobody else is woken meanwhile.
"""

from __future__ import annotations

from splx.kernel.interface.levels import WQ_GROWS
from splx.kernel.interface.locks import mutex_spin_enter, mutex_spin_exit
from splx.kernel.interface.sched import lwp_park, lwp_unpark
from splx.kernel.interface.wq import Worker, WorkerPool, kick_pool
from splx.lang.kernel import NULL, Struct, i64, invariant, stat

__account__ = "other"


class WorkerEvents(Struct):
    """How often."""

    created: i64 = stat()  # workers that were made
    refused: i64 = stat()  # times that there was none to make


events = WorkerEvents()


def manage_workers(w: Worker) -> None:
    """See that another one is idle, if `w` has anything to do. Called and returns with the lock, let go meanwhile."""
    pool = w.w_pool
    while WQ_GROWS != 0 and pool.p_head is not NULL and pool.p_idle is NULL:
        if pool.p_spare is not NULL:
            create_worker(pool)
        else:
            wait_for_worker(pool, w)


def create_worker(pool: WorkerPool) -> None:
    """Make one, for which memory is taken without the lock. It is idle."""
    mutex_spin_exit(pool.p_lock)
    mutex_spin_enter(pool.p_lock)
    new = pool.p_spare
    pool.p_spare = new.w_next
    new.w_next = pool.p_idle
    pool.p_idle = new
    events.created += 1


def wait_for_worker(pool: WorkerPool, w: Worker) -> None:
    """Have rescuers do what waits, and wait until one is idle, who counts `w` again."""
    pool.p_manager = w
    pool.p_running -= 1
    events.refused += 1
    kick_pool(pool)
    mutex_spin_exit(pool.p_lock)
    lwp_park()
    mutex_spin_enter(pool.p_lock)


def worker_idle(pool: WorkerPool) -> None:
    """Who waits for one can begin."""
    manager = pool.p_manager
    if WQ_GROWS != 0 and manager is not NULL:
        pool.p_manager = NULL
        pool.p_running += 1
        lwp_unpark(manager.w_lwp)


@invariant()
def manager_always(pool: WorkerPool) -> bool:
    """1 and 2, while nobody has the lock."""
    if WQ_GROWS == 0 or pool.p_lock.word != 0:
        return True
    if pool.p_manager is not NULL:
        return pool.p_spare is NULL and pool.p_idle is NULL
    return pool.p_idle is not NULL or pool.p_running > 0
