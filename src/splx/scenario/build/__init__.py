"""Building a system: a scenario under a design, linked and wired.

    plan       what is asked for, checked; lines and threads numbered and placed
    contexts   where code runs
    lwps       threads, run queues
    lines      interrupt sources, their bits and frames
    ticks      which CPUs tick, and what for
    events     what runs handlers in the stead of a line, tied to its source
    tables     the tables of the kernel's interface, filled
    linking    the program
    wiring     the machine's inputs and devices

`build` goes through them in this order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from splx.kernel.interface.levels import STAMP_SOFTIRQ
from splx.scenario.build.contexts import Contexts
from splx.scenario.build.lines import make_sources
from splx.scenario.build.linking import link_system, vector_of
from splx.scenario.build.lwps import make_lwps
from splx.scenario.build.plan import Plan, make_plan
from splx.scenario.build.tables import fill
from splx.scenario.build.wiring import ANY, devices, distributions, irqs, ranks
from splx.scenario.sharing import shared
from splx.scenario.system import System

if TYPE_CHECKING:
    from splx.base.units import Cycle
    from splx.scenario.design import Design
    from splx.scenario.scene import Scenario

STAMPS = STAMP_SOFTIRQ


def build(
    scenario: Scenario,
    design: Design,
    *,
    cpus: int = 0,
    ties: int = 0,
    cycle: Cycle | None = None,
    also: str = "",
) -> System:
    """The system of a scenario under a design on `cpus` CPUs; 0: as many as its devices and threads name.

    `ties` is the order of irqs of equal priority: 0 as declared, 1 reversed, any other number seeds a shuffle. ANY is
    as declared, and lets threads of equal priority start in any order.
    `cycle` is the machine's, which only code that says `cycles(n)` needs. `also` names a function of the kernel that
    is wanted as one of its own, to be listed. SplxError with every mistake found.
    """
    cpus = cpus or scenario.cpus_named()
    plan = make_plan(scenario, design, cpus, ties)
    contexts = Contexts(cpus)
    lwps = make_lwps(plan, contexts)
    sources = make_sources(plan, contexts)
    image, watch, stated = link_system(plan, lwps, sources, fill(plan, lwps, sources), cycle, also)
    wired = irqs(plan, sources)
    return System(
        scenario=scenario.name,
        design=design.name,
        cpus=cpus,
        image=image,
        contexts=tuple(contexts.made),
        trap=contexts.trap,
        vector=vector_of(plan, image),
        irqs=wired,
        ipi_base=len(plan.lines),
        rank=ranks(plan, wired),
        devices=devices(plan),
        dists=distributions(plan),
        sources=tuple(lwps.sources),
        statistics=tuple(image.counters),
        counters=1 + len(lwps.user) + image.draws,
        stamps=_stamps(plan),
        notes=_notes(plan),
        properties=watch,
        stated=stated,
        equals=tuple(plan.equals()),
        any_start=ties == ANY,
        kept=cpus > 1 and not design.global_queue and any(each.decl.cpu is None for each in plan.threads),
        warnings=tuple(plan.warnings),
        changed=design.mutated or bool(design.replaced),
    )


def _stamps(plan: Plan) -> int:
    """Moments that the kernel remembers: of each CPU, of its poll list, of each line."""
    design = plan.design
    if design.has("lwkt_livelock"):
        return STAMPS + 2 * plan.cpus + len(plan.lines)
    return STAMPS + plan.cpus * (1 + int(design.has("napi")))


def _notes(plan: Plan) -> dict[str, str]:
    """What a report tells beside the results."""
    design = plan.design
    notes = {"title": design.title} | {f"axis {axis}": choice for axis, choice in design.choices.items()}
    notes |= {f"option {name}": choice for name, choice in design.chosen.items()}
    notes |= {f"parameter {name}": str(value) for name, value in plan.scenario.parameters.items()}
    notes |= {f"load {device.name}": device.arrivals.words() for device in plan.scenario.devices}
    notes |= {f"lock {name}": f"shared by {who}" for name, who in shared(plan.scenario).items()}
    return notes
