"""Tasklets: the two soft interrupts that run them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splx.kernel.interface.levels import NODEV, SOFT_HI, SOFT_SERIAL
from splx.kernel.interface.lines import Softint
from splx.kernel.interface.tasklet import HI_SOFTIRQ, TASKLET_SOFTIRQ, BhPool, bh_pools, tasklet_action, tasklets
from splx.scenario.build.lwps import spin_mutex

if TYPE_CHECKING:
    from splx.scenario.build.lwps import Lwps
    from splx.scenario.build.plan import Plan
    from splx.scenario.build.tables import Filling

#: By vector: its class, and its name. HI comes before all others, TASKLET after them.
VECTORS = {TASKLET_SOFTIRQ: (SOFT_SERIAL, "tasklet"), HI_SOFTIRQ: (SOFT_HI, "hi")}


def tasking(plan: Plan) -> int:
    """How many soft interrupts of the kernel's own that takes."""
    return len(VECTORS) if plan.scenario.tasklets else 0


def fill_tasklets(plan: Plan, lwps: Lwps, filling: Filling, first: int) -> list[Softint]:
    """Tie tasklets to their devices; the soft interrupts that run them, whose numbers begin with `first`."""
    if not plan.scenario.tasklets:
        return []
    devices = plan.scenario.devices
    for each in plan.scenario.tasklets:
        finishes = each.about.finishes
        filling.set(each, t_dev=NODEV if finishes is None else devices.index(finishes))
    made = [
        Softint(si_func=tasklet_action, si_arg=vector, si_soft=soft, si_mpsafe=1, si_index=first + vector, si_dev=NODEV)
        for vector, (soft, _) in VECTORS.items()
    ]
    lwps.names |= {softint: name for softint, (_, name) in zip(made, VECTORS.values(), strict=True)}
    filling.set(tasklets, softint=made)
    if bh_pooling(plan):
        filling.set(bh_pools, of=_pools(plan, lwps))
    return made


def bh_pooling(plan: Plan) -> int:
    """How many pools of requests there are: for each vector one on each CPU, where tasklets are such."""
    return len(VECTORS) * plan.cpus if plan.scenario.tasklets and plan.design.has("bh_workqueue") else 0


def _pools(plan: Plan, lwps: Lwps) -> list[BhPool]:
    made = [BhPool(b_lock=spin_mutex(plan), b_number=number) for number in range(bh_pooling(plan))]
    for pool in made:
        vector, cpu = divmod(pool.b_number, plan.cpus)
        name = f"bh/{cpu}{'H' if vector == HI_SOFTIRQ else ''}"
        lwps.names |= {pool: name, pool.b_lock: f"{name}.lock"}
    return made
