"""From the filled tables to a program."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import TYPE_CHECKING, Any

import splx.kernel
from splx.base.diagnostics import Diagnostic, SplxError
from splx.kernel.interface import driver
from splx.kernel.interface.axes import intr_entry
from splx.kernel.interface.contracts import context_check, level_check
from splx.kernel.interface.lwp import Lwp
from splx.kernel.interface.sched import idle_loop, lwp_startup
from splx.lang.kernel import Struct
from splx.machine.state import VECTORS
from splx.program.link import Options, link, link_beside
from splx.program.slots import ByLock
from splx.scenario import codes
from splx.scenario.build.invariants import invariants
from splx.scenario.build.properties import properties
from splx.scenario.build.tasklets import bh_pooling
from splx.scenario.build.ticks import timed
from splx.scenario.build.wiring import ANY
from splx.scenario.build.workers import anywhere, limited
from splx.scenario.objects import Mutex
from splx.scenario.properties import Says

if TYPE_CHECKING:
    from collections.abc import Mapping

    from splx.base.units import Cycle
    from splx.program.image import Image
    from splx.scenario.build.lines import Sources
    from splx.scenario.build.lwps import Lwps
    from splx.scenario.build.plan import Plan
    from splx.scenario.build.tables import Filling
    from splx.scenario.design import Design
    from splx.scenario.system import Properties, Stated


_KERNEL = str(Path(splx.kernel.__file__).parent)


def is_users(file: str) -> bool:
    """Whether code of a file is a user's, which is looked after; the kernel's is tested."""
    return not file.startswith(_KERNEL)


class Entries(Struct):
    """What starts contexts: the machine knows these functions by their numbers."""

    trap: Callable[[int], None]
    idle: Callable[[Lwp], None]
    start: Callable[[Lwp], None]


def link_system(
    plan: Plan, lwps: Lwps, sources: Sources, filling: Filling, cycle: Cycle | None, also: str = ""
) -> tuple[Image, Properties | None, Stated]:
    """The program, and the contexts that it starts in; what is to be true of it, and how to come by that with what the
    mechanisms state. SplxError with everything wrong in any of its code.

    `also` names a function of the kernel that has to be in the program, even if every call of it is inlined or there is
    none.
    """
    bodies = plan.design.bodies()
    roots = _also(bodies, also)
    entries = Entries(trap=intr_entry, idle=idle_loop, start=lwp_startup)
    options = Options(
        cpus=plan.cpus,
        cycle=cycle,
        percpu=filling.percpu,
        names=_names(plan, lwps),
        counters=[each.name for each in plan.scenario.statistics],
        bounds=is_users,
        contracts={"context": context_check, "level": level_check},
    )
    statics = [entries, *lwps.user, *lwps.scheduled]
    with filling.in_place():
        image, watch, stated = _link_both(plan, roots, (bodies, _consts(plan, lwps, sources), statics, options))
        _check_declared(image, plan)
    _in_its_words(image, plan.design)
    for cpu, idle in enumerate(lwps.idle):
        number = image.number_of(bodies["idle_loop"])
        lwps.contexts.start(idle.l_main, number, image.address_of(idle), cpu)
    for lwp in (*lwps.user, *lwps.scheduled):
        lwps.contexts.start(lwp.l_main, image.number_of(bodies["lwp_startup"]), image.address_of(lwp))
    return image, watch, stated


def _in_its_words(image: Image, design: Design) -> None:
    """What assertions say, led by the words of the kernel that the design is named after."""
    for number, message in enumerate(image.messages):
        theirs = design.words.get(message.text)
        if theirs is not None and theirs.text:
            image.messages[number] = replace(message, text=f"{theirs.text} ({message.text})")


def _link_both(plan: Plan, roots: list[Any], given: tuple[Any, ...]) -> tuple[Image, Properties | None, Stated]:
    """The program, and that of the properties, if there are any: what only they read has its place, too."""
    bodies, consts, statics, options = given
    image = _link(link, roots, bodies, consts, statics, options)
    declared = [(each.says, each.func) for each in plan.scenario.properties]
    judges, found = [func for _, func in declared], None
    if declared:
        beside, others = _link(link_beside, image, judges, bodies, consts, options)
        if others:
            image = _link(link, roots, bodies, consts, [*statics, *others], options)
            beside, _ = _link(link_beside, image, judges, bodies, consts, options)
        found = properties(declared, beside)

    @cache
    def with_stated() -> Properties | None:
        """Linked when somebody asks: a run does not."""
        stated = [(Says.INVARIANT, func) for func in invariants(plan.design)]
        optional = [func for _, func in stated]
        beside, _ = _link(link_beside, image, judges, bodies, consts, options, optional)
        return properties([*declared, *stated], beside) if declared or stated else None

    return image, found, with_stated


def _also(bodies: Mapping[Any, Any], name: str) -> list[FunctionType]:
    """The function that a driver means by a name: the design's, or one that is the same in all of them."""
    found = bodies.get(name) or vars(driver).get(name)
    found = found.dynamic if isinstance(found, ByLock) else found
    return [found] if isinstance(found, FunctionType) and found.__module__.startswith(splx.kernel.__name__) else []


def _link(how: Callable[..., Any], *what: Any) -> Any:  # noqa: ANN401 - what `link` takes, and gives
    try:
        return how(*what)
    except SplxError as error:
        raise SplxError(*(_at_users(each) for each in error.diagnostics)) from None


def _at_users(problem: Diagnostic) -> Diagnostic:
    """Something wrong in code of the kernel's that was compiled into the user's: at the user's call."""
    if problem.span is None or is_users(problem.span.file):
        return problem
    call = next((span for span, _ in problem.related if is_users(span.file)), None)
    if call is None:
        return problem
    return replace(problem, span=call, related=((problem.span, "where that matters"),))


def vector_of(plan: Plan, image: Image) -> int:
    """The number of the function in which a CPU takes interrupts."""
    return image.number_of(plan.design.bodies()["intr_entry"])


def _consts(plan: Plan, lwps: Lwps, sources: Sources) -> dict[str, int]:
    design = plan.design
    return {
        **design.levels,
        "IPL_DIRECT": plan.direct_from,
        "IPL_BIGLOCK": design.biglock_level,
        "IPL_FLAG": design.flag_level,
        "IPI_BASE": len(plan.lines),
        "NCPU": plan.cpus,
        "NLWP": len(lwps.sources),
        "NTHREADS": len(timed(plan, lwps)),
        "NIRQ": len(plan.lines) + VECTORS * plan.cpus,
        "NBITS": sources.width,
        "ANY_START": int(plan.ties == ANY and bool(plan.equals())),
        "SOFT_FIRST": min(plan.softs, default=0),
        "SOFTIRQ_LOOKS": 0,
        "WQ_POOLS": int(bool(lwps.workers)),
        "NPOOLS": len(lwps.workers),
        "WQ_ANYWHERE": int(anywhere(plan)),
        "NPOOLQ": limited(plan),
        "TASKLETS": int(bool(plan.scenario.tasklets)),
        "NBHPOOLS": bh_pooling(plan),
        "FILTERS": int(bool(sources.filters)),
        "IRQ_MOVES": int(plan.moves or bool(plan.forwards)),
        "IRQ_DISABLES": int(plan.disables),
        "DPC_TARGETS": int(plan.targets),
        "INTR_REMOVES": int(plan.removes),
        **design.consts,
    }


def _names(plan: Plan, lwps: Lwps) -> dict[Any, str]:
    names: dict[Any, str] = {lock: lock.about.name for lock in plan.scenario.locks}
    names |= {lock: lock.about.name for lock in plan.scenario.rwlocks}
    deferred = (*plan.scenario.softints, *plan.scenario.callouts, *plan.scenario.napis, *plan.scenario.tasklets)
    names |= {each: each.about.name for each in deferred}
    return names | dict(lwps.names)


def _check_declared(image: Image, plan: Plan) -> None:
    """S0113 for locks that the program uses and the scenario did not declare: nobody chose their mechanism."""
    known = {id(lock) for lock in plan.scenario.locks}
    help_ = "declare it in the scenario's file, or in the `with Scenario(...):` block that uses it"
    strange = [
        Diagnostic(
            codes.UNDECLARED, f"lock `{each.about.name}` was not declared in this scenario", each.about.site.span
        )
        for each in image.data.statics
        if isinstance(each, Mutex) and id(each) not in known
    ]
    if strange:
        raise SplxError(*(replace(each, help=help_) for each in strange))
