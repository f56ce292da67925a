"""Worker pools, of the CPUs and of none, and the workers in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splx.kernel.interface.wq import WQ_UNBOUND, PoolQueue, Worker, WorkerPool, limits, pools
from splx.lang.links import NULL
from splx.scenario.build.lwps import spin_mutex

if TYPE_CHECKING:
    from splx.kernel.interface.sync import Workqueue
    from splx.scenario.build.lwps import Lwps
    from splx.scenario.build.plan import Plan
    from splx.scenario.build.tables import Filling


def fill_workers(plan: Plan, lwps: Lwps, filling: Filling) -> None:
    """A pool for each CPU, whose workers are all idle; but the first alone, where they are made on demand."""
    made = []
    for place, threads in enumerate(lwps.workers):
        name, cpu = named(plan, place, len(lwps.workers))
        pool = WorkerPool(p_lock=spin_mutex(plan), p_cpu=cpu)
        lwps.names |= {pool: name, pool.p_lock: f"{name}.lock"}
        workers = [Worker(w_lwp=lwp, w_pool=pool) for lwp in threads]
        for worker, after, lwp in zip(workers, [*workers[1:], NULL], threads, strict=True):
            worker.w_next = after
            lwp.__dict__.update(l_arg=worker)
            lwps.names[worker] = f"{lwps.names[lwp]}.worker"
        pool.p_idle = workers[0]
        if plan.design.consts["WQ_GROWS"] == 1:
            workers[0].w_next, pool.p_spare = NULL, workers[0].w_next
        made.append(pool)
    if made:
        filling.set(pools, of=made)
        filling.set(limits, of=[PoolQueue() for _ in range(limited(plan))])


def limited(plan: Plan) -> int:
    """Workqueues times CPUs, if one has a limit where they use pools."""
    queues = workqueues(plan)
    return len(queues) * plan.cpus if plan.design.has("kworker") and any(each.wq_max for each in queues) else 0


def workqueues(plan: Plan) -> list[Workqueue]:
    """Those of the scenario."""
    return [each.workqueue for each in plan.scenario.threads if each.workqueue is not None]


def anywhere(plan: Plan) -> bool:
    """Whether there are pools of no CPU."""
    return plan.design.has("kworker") and any(each.wq_class >= WQ_UNBOUND for each in workqueues(plan))


def named(plan: Plan, place: int, count: int) -> tuple[str, int]:
    """What a pool is called, by its place among so many, and its CPU, 0 if it has none."""
    if anywhere(plan) and place >= count - 2:
        return f"pool/u{'H' if place == count - 1 else ''}", 0
    return f"pool/{place % plan.cpus}{'H' if place >= plan.cpus else ''}", place % plan.cpus
