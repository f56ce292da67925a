"""Bare programs: functions of kernel Python that run on the machine with no kernel beneath them.

    system = bare("two counters", [Start(count, shared, cpu=0), Start(count, shared, cpu=1)])

For algorithms, and for models of kernels. A function marked `@atomic_step` is one step of a search; a `spin_while` in
it whose condition holds makes that step impossible. Interrupts come from sources: the function `vector` takes them, in
a context of its own on each CPU, and there are free contexts for it to enter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from splx.lang.kernel import Func, Struct
from splx.machine.constants import Kind
from splx.machine.costs import Account
from splx.machine.state import VECTORS
from splx.program.link import Options, link, link_beside
from splx.scenario.build.properties import properties
from splx.scenario.properties import Says
from splx.scenario.system import ContextSpec, DeviceSpec, IrqSpec, Symmetry, System

__all__ = ["Source", "Start", "Symmetry", "bare"]

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from splx.program.image import Image


class Entry(Struct):
    """A function that starts contexts: being the value of a field gives it a number."""

    function: Func


@dataclass(frozen=True, slots=True)
class Start:
    """A context that exists from the start: at `function`, marked `@entry`, with a number or a static as its argument;
    current on `cpu`, or suspended if that is -1. One that is `idle` is nobody's work: it cannot be stuck.
    """

    function: Callable[..., None]
    argument: Any = 0
    cpu: int = -1
    name: str = ""
    idle: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """Where interrupts of priority `prio`, 1 to 255, come from, for `cpu`. Each is the whole message."""

    name: str
    cpu: int
    prio: int


def bare(
    name: str,
    starts: Sequence[Start],
    *,
    sources: Sequence[Source] = (),
    vector: Callable[[int], None] | None = None,
    frames: Sequence[str] = (),
    consts: Mapping[Any, int] | None = None,
    statics: Sequence[Any] = (),
    holders: Mapping[int, int] | None = None,
    always: Sequence[Callable[[], bool]] = (),
    never: Sequence[Callable[[], bool]] = (),
    eventually: Sequence[Callable[[], bool]] = (),
    symmetries: Sequence[Symmetry] = (),
) -> System:
    """The system. Contexts are numbered: `starts`, `frames`, one for the traps of each CPU; irqs and devices as
    `sources`. A CPU begins with interrupts off, at level 0. `holders`: which context has a lock when its word holds
    that; the classes of locks name the word. `symmetries`: CPUs that are alike, for `Bounds(symmetry=True)`. SplxError
    with every mistake in the functions.
    """
    cpus = 1 + max(each.cpu for each in starts)
    functions = {each.function: Entry(function=each.function) for each in starts}
    if vector is not None:
        functions.setdefault(vector, Entry(function=vector))
    used = [*functions.values(), *(each.argument for each in starts if not isinstance(each.argument, int)), *statics]
    options = Options(cpus=cpus, names=_names(functions))
    image = link([], {}, consts or {}, used, options)
    said = ((Says.ALWAYS, always), (Says.NEVER, never), (Says.EVENTUALLY, eventually))
    judged = [(says, each) for says, some in said for each in some]
    beside, _ = link_beside(image, [func for _, func in judged], {}, consts or {}, options)
    contexts = [*(_start(image, each) for each in starts), *(ContextSpec(each, Account.HANDLER) for each in frames)]
    first_trap = len(contexts)
    contexts += [ContextSpec(f"trap/{cpu}", Account.INTR) for cpu in range(cpus)]
    irqs = [IrqSpec(each.name, edge=True, prio=each.prio, cpu=each.cpu, device=n) for n, each in enumerate(sources)]
    irqs += [IrqSpec(f"vector{n}/{cpu}", edge=True, prio=1, cpu=cpu) for cpu in range(cpus) for n in range(VECTORS)]
    return System(
        scenario=name,
        design="bare",
        cpus=cpus,
        image=image,
        contexts=tuple(contexts),
        trap=tuple(range(first_trap, first_trap + cpus)),
        vector=image.number_of(vector or starts[0].function),
        irqs=tuple(irqs),
        ipi_base=len(sources),
        rank=tuple(sorted(range(len(irqs)), key=lambda irq: (-irqs[irq].prio, irq))),
        devices=tuple(
            DeviceSpec(each.name, n, Kind.PERIODIC, key=n, auto=True, period=1) for n, each in enumerate(sources)
        ),
        dists=(),
        sources=tuple(each.name for each in sources),
        holders=dict(holders or {}),
        properties=properties(judged, beside) if judged else None,
        symmetries=tuple(symmetries),
    )


def _names(functions: Mapping[Callable[..., Any], Entry]) -> dict[Any, str]:
    return {entry: function.__name__ for function, entry in functions.items()}


def _start(image: Image, start: Start) -> ContextSpec:
    argument = start.argument if isinstance(start.argument, int) else image.address_of(start.argument)
    name = start.name or start.function.__name__
    account = Account.IDLE if start.idle else Account.THREAD
    return ContextSpec(name, account, 0, image.number_of(start.function), argument, start.cpu)
