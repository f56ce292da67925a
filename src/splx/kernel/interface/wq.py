"""Worker pools: what a workqueue of Linux hands its requests to.

What the builder of a system fills, where there are workqueues:

    pools.of[cpu]             its lock, and its workers, all idle; those of high priority, if there are any, follow
    Worker.w_lwp              its thread, whose argument it is; it is parked at first
    limits.of[n]              n = Workqueue.wq_number * NCPU + cpu, if a workqueue has a limit
"""

from __future__ import annotations

from splx.kernel.interface.levels import NPOOLQ, NPOOLS
from splx.kernel.interface.locks import Mutex
from splx.kernel.interface.lwp import Lwp
from splx.kernel.interface.sync import Work
from splx.lang.kernel import Array, Struct, array, i16, slot, u8

# l_flag
LW_KWORKER = 64  # a worker that is in the middle of a function; its own doing


class Worker(Struct):
    """worker: a thread of a pool."""

    w_lwp: Lwp
    w_pool: WorkerPool
    # guarded by the pool's lock
    w_next: Worker  # while idle


class WorkerPool(Struct):
    """worker_pool: of a CPU."""

    p_lock: Mutex
    # guarded by p_lock
    p_head: Work  # requests that wait
    p_tail: Work
    p_idle: Worker
    p_running: i16  # nr_running: workers that were woken, and do not sleep
    # set when built
    p_cpu: u8


class PoolTable(Struct):
    """By CPU; the pools of high priority after the others."""

    of: Array[WorkerPool] = array(NPOOLS)


class PoolQueue(Struct):
    """pool_workqueue: what a workqueue with a limit has at a CPU. Guarded by the lock of its pool."""

    q_active: i16  # requests of it on the list, or at work
    q_head: Work  # those that wait until it is fewer
    q_tail: Work


class LimitTable(Struct):
    """By workqueue and CPU."""

    of: Array[PoolQueue] = array(NPOOLQ)


pools = PoolTable()
limits = LimitTable()


@slot
def kworker_loop(where: int) -> None:
    """What the thread of the worker at address `where` does for ever."""


@slot
def wq_worker_sleeping(l: Lwp) -> None:
    """`l`, a worker that runs a function, is about to sleep. Its lock is held; level IPL_SCHED."""


@slot
def wq_worker_running() -> None:
    """It is back. Level IPL_SCHED."""
