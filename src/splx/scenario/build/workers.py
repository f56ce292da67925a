"""Worker pools of the CPUs, and the workers in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splx.kernel.interface.wq import Worker, WorkerPool, pools
from splx.lang.links import NULL
from splx.scenario.build.lwps import spin_mutex

if TYPE_CHECKING:
    from splx.scenario.build.lwps import Lwps
    from splx.scenario.build.plan import Plan
    from splx.scenario.build.tables import Filling


def fill_workers(plan: Plan, lwps: Lwps, filling: Filling) -> None:
    """A pool for each CPU, whose workers are all idle."""
    made = []
    for cpu, threads in enumerate(lwps.workers):
        pool = WorkerPool(p_lock=spin_mutex(plan))
        lwps.names |= {pool: f"pool/{cpu}", pool.p_lock: f"pool/{cpu}.lock"}
        workers = [Worker(w_lwp=lwp, w_pool=pool) for lwp in threads]
        for worker, after, lwp in zip(workers, [*workers[1:], NULL], threads, strict=True):
            worker.w_next = after
            lwp.__dict__.update(l_arg=worker)
            lwps.names[worker] = f"{lwps.names[lwp]}.worker"
        pool.p_idle = workers[0]
        made.append(pool)
    if made:
        filling.set(pools, of=made)
