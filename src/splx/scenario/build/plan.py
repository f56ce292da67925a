"""The plan of a system: what a scenario asks for under a design on so many CPUs, checked, with every line numbered.

Everything that can be wrong is found here, before anything is made.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from splx.base.diagnostics import Collector, Diagnostic, SplxError
from splx.kernel.interface.axes import (
    disable_irq,
    disable_irq_nosync,
    interrupt_distribute,
    intr_disestablish,
    softint_schedule_cpu,
)
from splx.kernel.interface.levels import BIGLOCK_HIGH
from splx.kernel.interface.locks import MUTEX_CEILING
from splx.scenario import codes, restrictions
from splx.scenario.arrivals import Never
from splx.scenario.build.arguments import check_arguments
from splx.scenario.build.contracts import check_contracts, roots
from splx.scenario.build.properties import check_properties
from splx.scenario.build.refused import check_refused
from splx.scenario.build.ticks import LEVEL, calls, check_ticks, clocks_of
from splx.scenario.calls import answer
from splx.scenario.checks import MOST_CPUS
from splx.scenario.couplings import broken
from splx.scenario.devices import Trigger
from splx.scenario.levels import SOFT
from splx.scenario.rebound import rebound
from splx.scenario.validator import unlocked

if TYPE_CHECKING:
    from splx.scenario.declared import HandlerDecl, ThreadDecl
    from splx.scenario.design import Design
    from splx.scenario.devices import Device
    from splx.scenario.scene import Scenario
    from splx.scenario.sites import Site

MOST_SHARING = 8  # devices on one line: bits of a wire

#: The soft level at which the handlers of a line go on, where they are continuations, by the level of the first.
CONTINUED = {
    "IPL_BIO": "IPL_SOFTBIO",
    "IPL_NET": "IPL_SOFTNET",
    "IPL_TTY": "IPL_SOFTSERIAL",
    "IPL_VM": "IPL_SOFTSERIAL",
}

#: Where arguments stand that are not given by name.
_POSITIONS = {"level": 1}


@dataclass(frozen=True, slots=True)
class Line:
    """A device's input of the controller, of the device's number; where `devices` share one, that of the first (`irq`),
    and the others' are not connected. `handlers`, of all of them, fall by level; `level` is the highest.
    """

    device: Device
    number: int
    irq: int
    devices: tuple[int, ...]
    cpu: int
    handlers: tuple[HandlerDecl, ...]
    level: int
    lowest: int

    @property
    def connected(self) -> bool:
        """Whether anything comes in by it."""
        return self.irq == self.number


@dataclass(frozen=True, slots=True)
class Placed:
    """A thread and the CPU where it starts."""

    decl: ThreadDecl
    cpu: int


@dataclass(slots=True)
class Plan:
    """See the module."""

    scenario: Scenario
    design: Design
    cpus: int
    ties: int
    problems: Collector = field(default_factory=Collector)
    warnings: list[Diagnostic] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    threads: list[Placed] = field(default_factory=list)
    #: CPUs with a clock that calls `hardclock`
    clocks: tuple[int, ...] = ()
    #: whether something in the scenario sends lines to other CPUs
    moves: bool = False
    #: whether something in it sends soft work to a CPU that it names
    targets: bool = False
    #: whether something in it disables lines
    disables: bool = False
    #: whether something in it removes handlers
    removes: bool = False

    def equals(self) -> list[tuple[str, ...]]:
        """The names of threads that start on one CPU with one priority, where there are several."""
        found: dict[tuple[int, int], list[str]] = {}
        for each in self.threads:
            cpu = 0 if self.design.global_queue else each.cpu
            found.setdefault((cpu, each.decl.priority), []).append(each.decl.name)
        return [tuple(names) for names in found.values() if len(names) > 1]

    def reaches(self, line: Line, cpu: int) -> bool:
        """Whether the handlers of `line` may run on `cpu`."""
        return line.connected and (self.moves or self.forwarded(line) or line.cpu == cpu)

    def forwarded(self, line: Line) -> bool:
        """Whether the interrupts of `line` may be handed to another CPU, which has the big lock."""
        if self.cpus == 1 or not self.design.has("biglock_forward") or not line.connected:
            return False
        high = self.design.consts["BIGLOCK_RULE"] == BIGLOCK_HIGH and not all(each.mpsafe for each in line.handlers)
        return bool(line.handlers) and (line.level < self.design.level("IPL_SCHED") or high)

    @property
    def forwards(self) -> tuple[int, ...]:
        """The levels of such lines."""
        return tuple(sorted({line.level for line in self.lines if self.forwarded(line)}))

    @property
    def direct_from(self) -> int:
        """Lines at this level and above run their handlers directly."""
        return self.design.level(self.design.direct_from)

    def threaded(self, line: Line) -> bool:
        """Whether an interrupt thread runs the handlers of `line`."""
        return restrictions.by_thread(self.design) and line.level < self.direct_from

    def filters(self, line: Line) -> bool:
        """Whether filters of the handlers of `line` run by themselves, in its interrupt."""
        return self.design.has("workloop", "intr_event") and self.evented(line)

    def evented(self, line: Line) -> bool:
        """Whether threads of its own, which the scheduler runs, have the handlers of `line`."""
        own = ("intr_event", "irq_thread", "ist", "pulse", "lwkt_ithread", "workloop", "notification")
        return any(map(self.design.has, own)) and line.connected and line.level < self.direct_from

    @property
    def by_handler(self) -> bool:
        """Whether those are one for each handler."""
        return self.design.has("irq_thread", "ist", "pulse")

    def continued(self, line: Line) -> bool:
        """Whether the handlers of `line` run as a soft interrupt that its hard one schedules."""
        return self.design.has("carrier_continue") and line.connected and line.level < self.direct_from

    @property
    def soft_frames(self) -> dict[int, str]:
        """The soft levels that interrupt: none where soft interrupts are threads that the scheduler runs."""
        return {} if self.design.has("swi") or self.design.has("softirq_rt") else self.softs

    @property
    def eager(self) -> bool:
        """Whether the level of a CPU is in its hardware."""
        return self.design.has("spl_eager")

    @property
    def by_register(self) -> bool:
        """Whether a line is kept away by its hardware priority, of which it has one."""
        return restrictions.by_register(self.design)

    @property
    def softs(self) -> dict[int, str]:
        """The soft levels in use, by their number in the kernel's tables, with their names."""
        used = {each.about.level for each in self.scenario.softints}
        used |= {CONTINUED[line.handlers[0].level] for line in self.lines if self.continued(line)}
        used |= {LEVEL} if self.clocks else set()
        used |= {"IPL_SOFTSERIAL"} if self.scenario.tasklets else set()
        used |= {"IPL_SOFTNET"} if self.scenario.napis and not self.design.has("napi_thread") else set()
        return {number: name for name, number in SOFT.items() if name in used}


def make_plan(scenario: Scenario, design: Design, cpus: int, ties: int) -> Plan:
    """The plan. SplxError with every mistake: of the scenario, and of its meeting with design and machine."""
    if not 1 <= cpus <= MOST_CPUS:
        message = f"a machine of {cpus} CPUs cannot be built"
        raise SplxError(Diagnostic(codes.CPU, message, help=f"it has 1 to {MOST_CPUS}"))
    if cpus > 1 and not design.mutated and unlocked(design):
        message = f"{cpus} CPUs, and `{design.name}` is built for one: its spin mutexes take no lock"
        help_ = "leave out `build=up`" if design.has("mutex_up") else "leave out the mechanism of `mutex_spin_enter`"
        raise SplxError(Diagnostic(codes.CPU, message, help=help_))
    scenario.check()
    plan = Plan(scenario, design, cpus, ties)
    for each in broken(design):
        plan.problems.add(each)
    plan.threads = _place(plan)
    plan.lines = _lines(plan)
    plan.clocks = clocks_of(plan.lines)
    shut = (disable_irq, disable_irq_nosync)
    plan.disables = any(calls(root.func, each) for root in roots(plan) for each in shut)
    plan.moves = any(calls(root.func, interrupt_distribute) for root in roots(plan))
    plan.targets = any(calls(root.func, softint_schedule_cpu) for root in roots(plan))
    plan.removes = any(calls(root.func, intr_disestablish) for root in roots(plan))
    for each in check_ticks(plan):
        plan.problems.add(each)
    _check_ceilings(plan)
    _check_rwlocks(plan)
    _check_tasklets(plan)
    _check_filters(plan)
    for each in rebound(scenario.meant):
        plan.problems.add(each)
    check_arguments(plan)
    check_contracts(plan)
    check_refused(plan)
    check_properties(plan)
    plan.problems.raise_if_any()
    return plan


def _place(plan: Plan) -> list[Placed]:
    """Threads that are not bound are dealt out to the CPUs in turn."""
    placed = []
    turn = 0
    for decl in plan.scenario.threads:
        if decl.cpu is None:
            placed.append(Placed(decl, turn % plan.cpus))
            turn += 1
        else:
            placed.append(Placed(decl, _cpu(plan, decl.cpu, f"thread `{decl.name}`", decl.site)))
            _may_bind(plan, decl)
    return placed


def _may_bind(plan: Plan, decl: ThreadDecl) -> None:
    if plan.design.global_queue:
        message = f"thread `{decl.name}` is bound to CPU {decl.cpu}, and all CPUs of `{plan.design.name}` share a queue"
        help_ = "leave `cpu` out, or choose `queues=partitioned`"
        _refuse(plan, codes.RESTRICTION, message, decl.site, "cpu", help_)


def _cpu(plan: Plan, cpu: int, what: str, site: Site) -> int:
    if cpu < plan.cpus:
        return cpu
    message = f"{what} is on CPU {cpu}, and the machine has {plan.cpus}"
    help_ = f"CPUs count from 0; all that are named need `--cpus {plan.scenario.cpus_named()}`"
    _refuse(plan, codes.CPU, message, site, "cpu", help_)
    return 0


def _check_ceilings(plan: Plan) -> None:
    """Where the owner of a lock runs at its ceiling, every lock of threads needs one."""
    for lock in plan.scenario.locks:
        about = lock.about
        if plan.design.kind_of(about.level) == MUTEX_CEILING and about.ceiling is None:
            message = f"lock `{about.name}` has no ceiling, and `{plan.design.name}` runs its owner at that"
            help_ = "give it the priority of its highest user: `ceiling=...`"
            _refuse(plan, codes.RESTRICTION, message, about.site, "ceiling", help_)


def _check_rwlocks(plan: Plan) -> None:
    """Not every kernel has them."""
    for lock in [] if plan.design.has("rwlock", "rwlock_rt", "lockmgr", "eresource") else plan.scenario.rwlocks:
        message = f"`{lock.about.name}` is an rwlock, and `{plan.design.name}` has none"
        found = answer(plan.design, "rw_enter")
        help_ = found.why if found is not None else "make it a `Mutex`"
        _refuse(plan, codes.RESTRICTION, message, lock.about.site, "", help_)


def _check_tasklets(plan: Plan) -> None:
    """Linux alone has them."""
    for each in [] if plan.design.has("tasklet", "bh_workqueue") else plan.scenario.tasklets:
        message = f"`{each.about.name}` is a tasklet, and `{plan.design.name}` has none"
        found = answer(plan.design, "tasklet_schedule")
        help_ = found.why if found is not None else "make it a softint"
        _refuse(plan, codes.RESTRICTION, message, each.about.site, "", help_)


def _check_filters(plan: Plan) -> None:
    """Giant is a lock that sleeps, and a filter cannot."""
    for line in plan.lines if restrictions.filters_want_giant(plan.design) else ():
        for each in line.handlers if line.level >= plan.direct_from else ():
            if not each.mpsafe and plan.design.level(each.level) <= plan.design.biglock_level:
                name = plan.design.name
                message = f"`{each.func.__name__}` is a filter under `{name}`, and wants Giant, which sleeps"
                help_ = "say `mpsafe=True` and take the locks that it needs, or put `filter_at` above its level"
                _refuse(plan, codes.RESTRICTION, message, each.site, "mpsafe", help_)


def _lines(plan: Plan) -> list[Line]:
    timers: dict[Device, int] = {each.decl.job.jb_timer: each.cpu for each in plan.threads if each.decl.job is not None}
    devices, made = plan.scenario.devices, []
    for number, device in enumerate(devices):
        chain = [each for each in plan.scenario.handlers if each.device is device]
        if not chain and not isinstance(device.arrivals, Never):
            message = f"device `{device.name}` has no handler"
            help_ = "write one: `@handler(..., IPL_NET)` above a function"
            _refuse(plan, codes.NO_HANDLER, message, device.site, "", help_)
        sharing = [n for n, each in enumerate(devices) if each is device or (device.irq and each.irq == device.irq)]
        cpu = timers.get(device)
        if cpu is None:
            cpu = _cpu(plan, device.cpu, f"device `{device.name}`", device.site)
        made.append(_line(plan, number, sharing, cpu))
    return made


def _line(plan: Plan, number: int, sharing: list[int], cpu: int) -> Line:
    level_of, devices = plan.design.level, plan.scenario.devices
    on = [devices[n] for n in sharing]
    chain = sorted(
        (each for each in plan.scenario.handlers if each.device in on), key=lambda each: -level_of(each.level)
    )
    levels = [level_of(each.level) for each in chain] or [level_of("IPL_HIGH")]
    line = Line(devices[number], number, sharing[0], tuple(sharing), cpu, tuple(chain), max(levels), min(levels))
    if len(on) > 1:
        _may_share(plan, line, on)
    _on_one_side(plan, line, on)
    if line.connected and line.level != line.lowest and (plan.by_register or plan.threaded(line)):
        names = " and ".join(dict.fromkeys(f"`{each.level}`" for each in chain))
        why = "its level is one hardware priority" if plan.by_register else "one interrupt thread runs them all"
        whose = " and ".join(f"`{each.name}`" for each in on)
        message = f"the handlers of {whose} are at {names}, and in `{plan.design.name}` a line has one level"
        _refuse(plan, codes.RESTRICTION, message, chain[-1].site, "level", f"give them one level: {why}")
    return line


def _may_share(plan: Plan, line: Line, on: list[Device]) -> None:
    """A line lasts, goes to one CPU, and has room for so many devices."""
    device, first = line.device, on[0]
    if device.trigger is not Trigger.LEVEL:
        message = f"device `{device.name}` shares line `{device.irq}`, and says an edge"
        help_ = "an edge can be lost there: say `trigger=LEVEL`, or leave `irq` out"
        _refuse(plan, codes.SHARED, message, device.site, "irq", help_)
    if device.cpu != first.cpu:
        message = f"device `{device.name}` is on CPU {device.cpu}, and its line `{device.irq}` goes to CPU {first.cpu}"
        _refuse(plan, codes.SHARED, message, device.site, "irq", "give them one `cpu`, or leave `irq` out")
    if line.connected and len(on) > MOST_SHARING:
        message = f"{len(on)} devices share line `{device.irq}`, and it has room for {MOST_SHARING}"
        _refuse(plan, codes.SHARED, message, device.site, "irq", "give some a line of their own")


def _on_one_side(plan: Plan, line: Line, on: list[Device]) -> None:
    """A line is a thread's, or is not: all its handlers are below the level from which they run at once, or none is."""
    apart = restrictions.on_one_side(plan.design) and line.connected
    if not (apart and line.lowest < plan.direct_from <= line.level):
        return
    low = next(each for each in line.handlers if plan.design.level(each.level) < plan.direct_from)
    high = line.handlers[0]
    whose = " and ".join(f"`{each.name}`" for each in on)
    how = f"the one at `{high.level}` runs at once and the one at `{low.level}` in a thread"
    message = f"the handlers of {whose} are on one line, and in `{plan.design.name}` {how}"
    help_ = f"put both at or above `{plan.design.direct_from}`, or both below it, or give each a line of its own"
    _refuse(plan, codes.RESTRICTION, message, low.site, "level", help_)


def _refuse(plan: Plan, code: str, message: str, site: Site, argument: str, help_: str) -> None:
    where = site.argument(argument, _POSITIONS.get(argument, -1))
    plan.problems.add(Diagnostic(code, message, where, help=help_))
