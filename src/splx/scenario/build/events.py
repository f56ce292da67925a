"""What runs the handlers of a line in its stead, tied to its source: threads that the scheduler runs, or a soft
interrupt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from splx.kernel.interface.axes import intr_continue
from splx.kernel.interface.irqs import IrqThreads
from splx.kernel.interface.lines import IrqAction, IrqDesc, Softint
from splx.kernel.interface.locks import Mutex
from splx.kernel.interface.sync import KCondvar
from splx.lang.links import NULL
from splx.scenario.build.lwps import spin_mutex
from splx.scenario.build.plan import CONTINUED
from splx.scenario.build.wiring import input_name
from splx.scenario.levels import SOFT

#: Of the lock of who waits for the threads of a line: above it they hold soft interrupts back.
LEVEL = "IPL_SOFTSERIAL"

if TYPE_CHECKING:
    from collections.abc import Mapping

    from splx.kernel.interface.lines import IntrSource
    from splx.kernel.interface.lwp import Lwp
    from splx.scenario.build.lines import Sources
    from splx.scenario.build.lwps import Lwps
    from splx.scenario.build.plan import Plan


def tie_events(plan: Plan, sources: Sources, lwps: Lwps) -> dict[int, IrqDesc]:
    """Every such thread waits at the address of what it serves. Returns the descriptors, by line, of a design that has
    a thread for each handler.
    """
    descs = {}
    for number, made in lwps.event.items():
        source = sources.line[number]
        if plan.by_handler:
            desc = IrqDesc(id_lock=spin_mutex(plan), id_irq=number, id_level=source.is_trigger)
            descs[number] = _desc(lwps, source, input_name(plan.lines[number]), desc, made)
        else:
            source.is_lwp = made[0]
            _serves(made[0], source, waits=made[0] in lwps.scheduled)
    return descs


def waited_for(plan: Plan, lwps: Lwps, descs: Mapping[int, IrqDesc]) -> dict[int, IrqThreads]:
    """By line, where those wait who disable it until the threads of its handlers are through."""
    if not plan.disables or not plan.design.has("irq_thread"):
        return {}
    made = {}
    for number, desc in descs.items():
        ipl, kind = plan.design.ipl_of(LEVEL), plan.design.kind_of(LEVEL)
        made[number] = IrqThreads(t_lock=Mutex(ipl=ipl, kind=kind), t_cv=KCondvar())
        name = f"threads/{lwps.names[desc]}"
        lwps.names |= {made[number]: name, made[number].t_lock: f"{name}.lock", made[number].t_cv: f"{name}.cv"}
    return made


def continuations(plan: Plan, sources: Sources) -> dict[int, Softint]:
    """By line, the soft interrupt that runs its handlers; their numbers follow those of the scenario's."""
    first = len(plan.scenario.softints) + int(bool(plan.clocks))
    lines = [line for line in plan.lines if plan.continued(line)]
    return {
        line.number: Softint(
            si_func=intr_continue,
            si_arg=sources.line[line.number],
            si_soft=SOFT[CONTINUED[line.handlers[0].level]],
            si_mpsafe=1,
            si_index=index,
        )
        for index, line in enumerate(lines, first)
    }


def _serves(lwp: Lwp, what: Any, *, waits: bool = True) -> None:  # noqa: ANN401 - a struct, whose address it stands for
    lwp.__dict__.update(l_arg=what, **({"l_wchan": what} if waits else {}))


def _desc(lwps: Lwps, source: IntrSource, name: str, desc: IrqDesc, made: list[Lwp]) -> IrqDesc:
    """One action for each handler, in their order."""
    lwps.names |= {desc: name, desc.id_lock: f"{name}.lock"}
    actions = [IrqAction(ia_lwp=lwp, ia_desc=desc, ia_bit=1 << place) for place, lwp in enumerate(made)]
    handler = source.is_handlers
    for action, after in zip(actions, [*actions[1:], NULL], strict=True):
        action.__dict__.update(ia_handler=handler, ia_next=after)
        handler = handler.ih_next
        lwps.names[action] = f"{lwps.names[action.ia_lwp]}.action"
        _serves(action.ia_lwp, action)
    desc.id_action = actions[0]
    return desc
