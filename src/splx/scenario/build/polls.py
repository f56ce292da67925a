"""What polls: the soft interrupts or threads in which poll routines run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splx.kernel.interface.levels import NODEV
from splx.kernel.interface.lines import Softint
from splx.kernel.interface.napi import napi_action, netrx
from splx.scenario.levels import SOFT

if TYPE_CHECKING:
    from splx.scenario.build.lwps import Lwps
    from splx.scenario.build.plan import Plan
    from splx.scenario.build.tables import Filling


def polling(plan: Plan) -> int:
    """How many soft interrupts of the kernel's own that takes: one that polls all, one for each, or none."""
    napis = len(plan.scenario.napis)
    if plan.design.has("napi_thread"):
        return 0
    return min(napis, 1) if plan.design.has("napi") else napis


def fill_polls(plan: Plan, lwps: Lwps, filling: Filling, first: int) -> list[Softint]:
    """Tie poll routines to what runs them; the soft interrupts among that, whose numbers begin with `first`."""
    napis = plan.scenario.napis
    made = [
        Softint(si_func=napi_action, si_soft=SOFT["IPL_SOFTNET"], si_mpsafe=1, si_index=first + n, si_dev=NODEV)
        for n in range(polling(plan))
    ]
    devices = plan.scenario.devices
    for napi in napis:
        finishes = napi.about.finishes
        filling.set(napi, n_dev=NODEV if finishes is None else devices.index(finishes))
    if plan.design.has("napi_thread"):
        for napi, lwp in zip(napis, lwps.poll, strict=True):
            filling.set(napi, n_lwp=lwp)
            lwp.__dict__.update(l_arg=napi)
    elif plan.design.has("napi"):
        for softint in made:
            lwps.names[softint] = "net_rx"
            filling.set(netrx, softint=softint)
    else:
        for napi, softint in zip(napis, made, strict=True):
            softint.__dict__.update(si_arg=napi)
            lwps.names[softint] = f"{napi.about.name}.softint"
            filling.set(napi, n_softint=softint)
    return made
