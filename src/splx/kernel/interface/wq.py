"""Worker pools: what a workqueue of Linux hands its requests to.

What the builder of a system fills, where there are workqueues:

    pools.of[cpu]             its lock, and its workers, all idle
    Worker.w_lwp              its thread, whose argument it is; it is parked at first
"""

from __future__ import annotations

from splx.kernel.interface.levels import NCPU
from splx.kernel.interface.locks import Mutex
from splx.kernel.interface.lwp import Lwp
from splx.kernel.interface.sync import Work
from splx.lang.kernel import Array, Struct, array, i16, slot

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


class PoolTable(Struct):
    """By CPU."""

    of: Array[WorkerPool] = array(NCPU)


pools = PoolTable()


@slot
def kworker_loop(where: int) -> None:
    """What the thread of the worker at address `where` does for ever."""


@slot
def wq_worker_sleeping(l: Lwp) -> None:
    """`l`, a worker that runs a function, is about to sleep. Its lock is held; level IPL_SCHED."""


@slot
def wq_worker_running() -> None:
    """It is back. Level IPL_SCHED."""
