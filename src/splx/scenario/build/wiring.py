"""The wiring of the machine: inputs of the controller, devices, distributions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splx.kernel.interface.levels import SOFT_PREEMPT, VEC_POKE
from splx.machine.dist import hash3
from splx.machine.state import VECTORS
from splx.scenario.devices import EDGE
from splx.scenario.levels import SOFT
from splx.scenario.periodic import Job
from splx.scenario.system import DeviceSpec, DistSpec, Ends, IrqSpec

if TYPE_CHECKING:
    from splx.scenario.build.lines import Sources
    from splx.scenario.build.plan import Line, Plan
    from splx.scenario.declared import HandlerDecl

#: Soft levels, as irqs by which a CPU asks itself for them.
SOFT_NAMES = {number: name.removeprefix("IPL_").lower() for name, number in SOFT.items()} | {SOFT_PREEMPT: "preempt"}

#: The order of equal priorities: as declared, the other way round; any other number seeds a shuffle. ANY is of threads
#: that start on a CPU, and a choice: what a search is to look at. Of irqs it is as declared.
ANY, DECLARED, REVERSED = -1, 0, 1


def irqs(plan: Plan, sources: Sources) -> tuple[IrqSpec, ...]:
    """Device inputs, then the vectors of each CPU. The priority of an input is the level of its source."""
    made = [
        IrqSpec(input_name(line), line.device.trigger is EDGE, line.level, line.cpu, line.number) for line in plan.lines
    ]
    for cpu in range(plan.cpus):
        for vector in range(VECTORS):
            source = sources.of_vector(vector)
            level = 1 if source is None else source.is_level
            made.append(IrqSpec(f"{_vector_name(plan, sources, vector)}/{cpu}", edge=True, prio=level, cpu=cpu))
    return tuple(made)


def input_name(line: Line) -> str:
    """A line that is shared has a name of its own."""
    if len(line.devices) == 1:
        return line.device.name
    return line.device.irq if line.connected else f"{line.device.name} (on {line.device.irq})"


def _vector_name(plan: Plan, sources: Sources, vector: int) -> str:
    """What an inter-processor vector is for."""
    if vector == VEC_POKE:
        return "poke"
    handed = next((level for level, its in sources.handing.items() if its == vector), None)
    if handed is not None:
        return f"forward_{plan.design.rungs[handed][0].removeprefix('IPL_').lower()}"
    level = next((k for k, its in sources.vector.items() if its == vector), None)
    return f"vector{vector}" if level is None else SOFT_NAMES[level]


def ranks(plan: Plan, made: tuple[IrqSpec, ...]) -> tuple[int, ...]:
    """Irqs, most urgent first: by priority, then by what the device asks for, then in the chosen order."""

    def urgency(irq: int) -> tuple[int, int, int]:
        wish = plan.lines[irq].device.priority if irq < len(plan.lines) else 0
        return -made[irq].prio, -wish, _order(irq, plan.ties)

    return tuple(sorted(range(len(made)), key=urgency))


def _order(irq: int, ties: int) -> int:
    if ties in (DECLARED, ANY):
        return irq
    return -irq if ties == REVERSED else hash3(ties, 0, irq, 0)


def devices(plan: Plan) -> tuple[DeviceSpec, ...]:
    """The devices, and when their items come."""
    return tuple(_device(plan, line) for line in plan.lines)


def _device(plan: Plan, line: Line) -> DeviceSpec:
    device = line.device
    own = [each for each in line.handlers if each.device is device]
    pin = line.devices.index(line.number)
    return DeviceSpec(
        name=device.name,
        irq=line.irq,
        pin=pin,
        next=line.devices[pin + 1] if pin + 1 < len(line.devices) else -1,
        key=device.key,
        ring=device.ring,
        auto=device.auto,
        limit=device.limit,
        deadline=device.deadline,
        span=device.site.span,
        handler=own[0].site.span if own else None,
        handler_name=own[0].func.__name__ if own else "",
        ends=_ends(plan, own),
        **device.arrivals.shape(),
    )


def _ends(plan: Plan, handlers: list[HandlerDecl]) -> Ends:
    """When the items are done of the device that these handle."""
    if not all(each.defer for each in handlers):
        return Ends.RETURN
    if any(isinstance(each.arg, Job) for each in handlers):
        return Ends.JOB
    finishing = any(each.device is soft.about.finishes for soft in plan.scenario.softints for each in handlers)
    return Ends.SOFTINT if finishing else Ends.DONE


def distributions(plan: Plan) -> tuple[DistSpec, ...]:
    """Distributions, by number."""
    return tuple(each.spec() for each in plan.scenario.distributions)
