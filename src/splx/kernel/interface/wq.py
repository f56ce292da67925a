"""Worker pools: what a workqueue of Linux hands its requests to.

What the builder of a system fills, where there are workqueues:

    pools.of[cpu]             its lock, and its workers, all idle; those of high priority, if there are any, follow,
                              and then two of no CPU, the latter of high priority, if a workqueue is of none
    p_spare                   where workers are made on demand: all but the first, which are as good as not there
    Worker.w_lwp              its thread, whose argument it is; it is parked at first
    limits.of[n]              n = Workqueue.wq_number * NCPU + cpu, if a workqueue has a limit
"""

from __future__ import annotations

from splx.kernel.interface.levels import NPOOLQ, NPOOLS
from splx.kernel.interface.locks import Mutex
from splx.kernel.interface.lwp import Lwp
from splx.kernel.interface.sync import Work
from splx.lang.kernel import Array, Struct, array, i16, slot, u8

# wq_class
WQ_HIGHPRI = 1
WQ_UNBOUND = 2

# l_flag
LW_KWORKER = 64  # a worker that is in the middle of a function; its own doing


class Worker(Struct):
    """worker: a thread of a pool."""

    w_lwp: Lwp
    w_pool: WorkerPool
    # guarded by the pool's lock
    w_next: Worker  # while idle, or not made yet


class WorkerPool(Struct):
    """worker_pool: of a CPU, or of none."""

    p_lock: Mutex
    # guarded by p_lock
    p_head: Work  # requests that wait
    p_tail: Work
    p_idle: Worker
    p_running: i16  # nr_running: workers that were woken, and do not sleep; of no CPU: and have not begun
    p_spare: Worker  # workers that can be made
    p_manager: Worker  # who is about to make one, or waits since there is none to make
    # set when built
    p_cpu: u8  # 0 for those of none


class PoolTable(Struct):
    """By CPU; the pools of high priority after the others, those of no CPU last."""

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
def kworker_unbound_loop(where: int) -> None:
    """The same, if its pool is of no CPU."""


@slot
def kick_pool(pool: WorkerPool) -> None:
    """Wake an idle worker if requests wait and none comes to them; a rescuer if there is none. The lock is held."""


@slot
def work_run(pool: WorkerPool, wk: Work) -> None:
    """Call the function of `wk`, which has been taken off the list. Called and returns with the lock."""


@slot
def manage_workers(w: Worker) -> None:
    """`w` was woken, and is about to begin: see that another one is idle. Called and returns with the lock."""


@slot
def worker_idle(pool: WorkerPool) -> None:
    """A worker has become idle. The lock is held."""


@slot
def wq_worker_sleeping(l: Lwp) -> None:
    """`l`, a worker that runs a function, is about to sleep. Its lock is held; level IPL_SCHED."""


@slot
def wq_worker_running() -> None:
    """It is back. Level IPL_SCHED."""
