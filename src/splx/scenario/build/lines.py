"""Interrupts: the sources between controller and handlers, and the bits by which the log of deferred SPL knows them.

Bits are the same on all CPUs for what is on all CPUs. Replay takes the highest first: pokes, then lines at
IPL_CLOCK and above, soft levels, preemption, and below them the other lines by level.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from splx.base.diagnostics import Diagnostic, SplxError
from splx.kernel.interface.axes import intr_run, ipi_run, preempt_run, softint_run
from splx.kernel.interface.events import IH_FILTER
from splx.kernel.interface.forward import forward_run
from splx.kernel.interface.levels import LEVELS, NODEV, SOFT_PREEMPT, SOFTS, VEC_POKE
from splx.kernel.interface.lines import (
    MAXSOFTINTS,
    IntrFilter,
    IntrHandler,
    IntrSource,
    intr_called,
    intr_filtered,
    intr_wanted,
)
from splx.lang.links import NULL
from splx.machine.costs import Account
from splx.machine.state import VECTORS
from splx.scenario import codes
from splx.scenario.build.polls import polling
from splx.scenario.build.tasklets import tasking
from splx.scenario.devices import LEVEL

if TYPE_CHECKING:
    from splx.scenario.build.contexts import Contexts
    from splx.scenario.build.plan import Line, Plan
    from splx.scenario.declared import HandlerDecl

MOST_BITS = 63


@dataclass(slots=True)
class Sources:
    """The sources of a system. `soft` and `vector` by soft level, `line` by device number, `forwards` and `handing`,
    their vectors, by level; `bits` and `frame` by CPU.
    """

    line: list[IntrSource] = field(default_factory=list)
    soft: dict[int, IntrSource] = field(default_factory=dict)
    vector: dict[int, int] = field(default_factory=dict)
    forwards: dict[int, IntrSource] = field(default_factory=dict)
    handing: dict[int, int] = field(default_factory=dict)
    poke: IntrSource = field(default_factory=IntrSource)
    bits: list[dict[int, IntrSource]] = field(default_factory=list)
    frame: list[list[int]] = field(default_factory=list)
    filters: dict[int, list[IntrFilter]] = field(default_factory=dict)  # by line, of those that run by themselves

    @property
    def width(self) -> int:
        """Bits in use."""
        return 1 + max(bit for cpu in self.bits for bit in cpu)

    def of_vector(self, vector: int) -> IntrSource | None:
        """The source behind an inter-processor vector, None if nobody uses it."""
        if vector == VEC_POKE:
            return self.poke
        given = next((self.forwards[level] for level, its in self.handing.items() if its == vector), None)
        return given or next((self.soft[k] for k, its in self.vector.items() if its == vector), None)


def make_sources(plan: Plan, contexts: Contexts) -> Sources:
    """All sources with their bits, vectors and frames. SplxError S0305 if there are more than the kernel has room
    for.
    """
    sources = Sources()
    _check_room(plan)
    sources.line = [_line(plan, line, sources.filters) for line in plan.lines]
    levels = plan.design.level
    sources.soft = {k: _source(softint_run, levels(name), is_soft=k) for k, name in plan.soft_frames.items()}
    sources.soft[SOFT_PREEMPT] = _source(preempt_run, levels("IPL_PREEMPT"), is_soft=SOFT_PREEMPT)
    sources.poke = _source(ipi_run, levels("IPL_IPI"))
    sources.vector = {k: n for n, k in enumerate(sources.soft, VEC_POKE + 1)} if plan.eager else {}
    sources.forwards = {level: _source(forward_run, level) for level in plan.forwards}
    sources.handing = {level: n for n, level in enumerate(plan.forwards, VEC_POKE + 1 + len(sources.vector))}
    _check_vectors(plan, sources)
    _deal_bits(plan, sources)
    sources.frame = [_frames(plan, sources, contexts, cpu) for cpu in range(plan.cpus)]
    return sources


def _source(run: Any, level: int, **values: Any) -> IntrSource:  # noqa: ANN401 - initial values of a struct
    return IntrSource(**{"is_run": run, "is_irq": -1, "is_level": level, "is_minlevel": level} | values)


def _line(plan: Plan, line: Line, filters: dict[int, list[IntrFilter]]) -> IntrSource:
    chain: Any = NULL
    for decl in reversed(line.handlers if line.connected else ()):
        func, arg, flags = decl.func, decl.arg, 0
        if decl.filter is not None:
            func, arg = _filtered(plan, line, decl, filters)
            flags = IH_FILTER if plan.filters(line) else 0
        chain = IntrHandler(
            ih_func=func,
            ih_arg=arg,
            ih_level=plan.design.level(decl.level),
            ih_mpsafe=int(decl.mpsafe),
            ih_dev=device_of(plan, decl.device),
            ih_autodone=int(not decl.defer),
            ih_next=chain,
            ih_flags=flags,
        )
    trigger = int(line.device.trigger is LEVEL)
    return _source(
        intr_run, line.level, is_minlevel=line.lowest, is_handlers=chain, is_irq=line.irq, is_trigger=trigger
    )


def _filtered(plan: Plan, line: Line, decl: HandlerDecl, filters: dict[int, list[IntrFilter]]) -> tuple[Any, object]:
    """What stands in a chain for a handler with a filter, and what that is called with."""
    made = IntrFilter(
        if_filter=decl.filter,
        if_func=decl.func,
        if_arg=decl.arg,
        if_dev=device_of(plan, decl.device),
        if_autodone=int(not decl.defer),
    )
    if not plan.filters(line):
        return intr_filtered, made
    before = filters.setdefault(line.number, [])
    made.if_next = before[0] if before else NULL
    before.insert(0, made)
    return intr_called if plan.design.has("intr_event") else intr_wanted, made


def _check_room(plan: Plan) -> None:
    softints = plan.scenario.softints
    lines = [line for line in plan.lines if plan.continued(line)]
    polls = polling(plan) + tasking(plan)
    if len(softints) + len(lines) + int(bool(plan.clocks)) + polls > MAXSOFTINTS:
        ours = f" and {polls} of the kernel's own, for polls and tasklets" if polls else ""
        ours = f" and {len(lines)} lines that go on in one" if lines else ours
        message = f"there are {len(softints)} softints{ours}, and the kernel has room for {MAXSOFTINTS}"
        declared = [*softints, *plan.scenario.napis, *plan.scenario.tasklets]
        last = lines[-1].device.site if lines else declared[: MAXSOFTINTS + 1][-1].about.site
        raise SplxError(Diagnostic(codes.LIMIT, message, last.span))


def _check_vectors(plan: Plan, sources: Sources) -> None:
    wanted = 1 + len(sources.vector) + len(sources.handing)
    if wanted <= VECTORS:
        return
    assert sources.handing
    levels = f"{len(sources.handing)} levels of lines that are handed to the owner of the big lock"
    soft = f"{len(sources.vector) - 1} soft levels"
    message = f"a CPU has {VECTORS} vectors, and {wanted} are wanted: for {levels}, {soft}, preemption and the poke"
    last = next(line for line in plan.lines if plan.forwarded(line) and line.level == max(sources.handing))
    help_ = "give lines one level, or choose another `wait` than `forward`"
    raise SplxError(Diagnostic(codes.LIMIT, message, last.handlers[0].site.span, help=help_))


def _deal_bits(plan: Plan, sources: Sources) -> None:
    """Give every source its bit. Nobody looks at them under eager SPL with direct handlers, where any will do."""
    clock = plan.design.level("IPL_CLOCK")
    low, high = (
        _by_cpu(plan, sources, lambda level: level < clock),
        _by_cpu(plan, sources, lambda level: level >= clock),
    )
    first_soft = max(len(each) for each in low)
    order = [SOFT_PREEMPT, *range(SOFTS - 1)]  # preemption, soft clock, bio, net, serial
    shared = {first_soft + n: sources.soft[k] for n, k in enumerate(order) if k in sources.soft}
    first_high = first_soft + SOFTS
    poke = first_high + max(len(each) for each in high)
    for cpu in range(plan.cpus):
        bits = dict(enumerate(low[cpu])) | shared | dict(enumerate(high[cpu], first_high)) | {poke: sources.poke}
        sources.bits.append(bits)
    if poke >= MOST_BITS and needs_bits(plan):
        _refuse_bits(plan, poke + 1)
    for bits in sources.bits:
        for bit, source in bits.items():
            source.is_bit = bit if needs_bits(plan) else 0


def needs_bits(plan: Plan) -> bool:
    """Whether somebody keeps sources in a word of bits."""
    return not plan.eager or plan.design.has("ithread", "ithread_pool")


def _refuse_bits(plan: Plan, wanted: int) -> None:
    message = f"`{plan.design.name}` keeps the lines of a CPU in a word of {MOST_BITS} bits, and {wanted} are wanted"
    help_ = "spread the devices over more CPUs with `cpu=`, or choose a design with levels in hardware"
    raise SplxError(Diagnostic(codes.LIMIT, message, plan.lines[-1].device.site.span, help=help_))


def _by_cpu(plan: Plan, sources: Sources, wanted: Any) -> list[list[IntrSource]]:  # noqa: ANN401 - a test of levels
    """Lines of each CPU whose level is wanted, low to high; among equals the urgent ones last."""
    lines = [line for line in plan.lines if line.connected and wanted(line.level)]
    lines.sort(key=lambda line: (line.level, line.device.priority, -line.number))
    return [[sources.line[line.number] for line in lines if plan.reaches(line, cpu)] for cpu in range(plan.cpus)]


def _frames(plan: Plan, sources: Sources, contexts: Contexts, cpu: int) -> list[int]:
    """A context for each level at which this CPU can be interrupted; -1 for the others, and for preemption."""
    who: dict[int, Account] = {plan.design.level("IPL_IPI"): Account.INTR}
    who |= {sources.soft[k].is_level: Account.DEFERRED for k in plan.soft_frames}
    for line in plan.lines:
        if plan.reaches(line, cpu):
            who[line.level] = Account.INTR if plan.threaded(line) else Account.HANDLER
    names = {
        number: "+".join(each.removeprefix("IPL_") for each in rung) for number, rung in enumerate(plan.design.rungs)
    }
    frames = {level: contexts.new(f"{names[level]}/{cpu}", account) for level, account in sorted(who.items())}
    return [frames.get(level, -1) for level in range(LEVELS)]


def device_of(plan: Plan, device: object) -> int:
    """The number of a device, or NODEV."""
    return next((number for number, each in enumerate(plan.scenario.devices) if each is device), NODEV)
