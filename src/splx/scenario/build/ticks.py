"""What ticks: the CPUs whose clocks call `hardclock`, what that runs, and who relies on it."""

from __future__ import annotations

from types import FunctionType
from typing import TYPE_CHECKING

from splx.base.diagnostics import Diagnostic
from splx.kernel.interface.callout import (
    CalloutCpu,
    IntrStorm,
    SleepTimeout,
    callout_softclock,
    callouts,
    cv_timedwait,
    hardclock,
    kpause,
    sleepq_timeout,
    storms,
    timeouts,
)
from splx.kernel.interface.gates import sleep_gate_deadline
from splx.kernel.interface.levels import NODEV
from splx.kernel.interface.lines import Softint
from splx.lang.links import NULL
from splx.scenario import codes
from splx.scenario.arrivals import Never
from splx.scenario.build.lwps import spin_mutex
from splx.scenario.levels import SOFT
from splx.scenario.rebound import uses

if TYPE_CHECKING:
    from collections.abc import Iterator

    from splx.kernel.interface.lwp import Lwp
    from splx.scenario.build.lwps import Lwps
    from splx.scenario.build.plan import Line, Plan
    from splx.scenario.build.tables import Filling
    from splx.scenario.sites import Site

#: Soft level at which callouts run.
LEVEL = "IPL_SOFTCLOCK"
#: Calls that sleep until they are woken, or so many ticks have passed.
TIMED = (cv_timedwait, kpause, sleep_gate_deadline)


def clocks_of(lines: list[Line]) -> tuple[int, ...]:
    """The CPUs that have a clock: those of the lines of which a handler calls `hardclock`."""
    return tuple(sorted({line.cpu for line in lines for each in line.handlers if calls(each.func, hardclock)}))


def check_ticks(plan: Plan) -> Iterator[Diagnostic]:
    """S0121 for what waits for ticks where there are none. That a design has none is said at the calls."""
    first = next((each for line in plan.lines for each in line.handlers if calls(each.func, hardclock)), None)
    if first is None and not _silent(plan):
        for option, does in _relies(plan):
            message = f"`{plan.design.name}{option}` {does}, and nobody calls `hardclock`"
            help_ = "call `hardclock()` in the handler of a clock"
            site = plan.lines[0].device.site if plan.lines else plan.scenario.site
            yield Diagnostic(codes.NO_TICKS, message, site.span, help=help_)
    if first is None and plan.design.has("sched_fair") and not _silent(plan):
        message = f"in `{plan.design.name}` with `share=fair` threads take turns by ticks, and nobody calls `hardclock`"
        yield Diagnostic(codes.NO_TICKS, message, plan.scenario.site.span, help="declare a clock that does")
    if first is None and plan.design.has("callout"):
        help_ = "call `hardclock()` in the handler of a clock"
        for callout in plan.scenario.callouts:
            message = f"callout `{callout.about.name}` waits for ticks, and nobody calls `hardclock`"
            yield Diagnostic(codes.NO_TICKS, message, callout.about.site.span, help=help_)
        for what, func, site in _sleepers(plan):
            for wait in TIMED:
                if calls(func, wait):
                    message = f"{what} calls `{wait.__name__}`, and nobody calls `hardclock`"
                    yield Diagnostic(codes.NO_TICKS, message, site.span, help=help_)


def _sleepers(plan: Plan) -> Iterator[tuple[str, object, Site]]:
    """What may run in threads: its name, its function, and where it is declared."""
    for thread in plan.scenario.threads:
        if thread.workqueue is None:
            func = thread.job.jb_func if thread.job is not None else thread.func
            yield f"thread `{thread.name}`", func, thread.site
    yield from _served(plan)


def _served(plan: Plan) -> Iterator[tuple[str, object, Site]]:
    """What of it may run in threads of the kernel's."""
    for thread in plan.scenario.threads:
        if thread.workqueue is not None:
            yield f"workqueue `{thread.name}`", thread.workqueue.wq_func, thread.site
    for each in plan.scenario.handlers:
        yield f"handler `{each.func.__name__}`", each.func, each.site
    for soft in plan.scenario.softints:
        yield f"softint `{soft.about.name}`", soft.si_func, soft.about.site


def _relies(plan: Plan) -> Iterator[tuple[str, str]]:
    """The options of the design that are nothing without ticks, and what they do with them."""
    consts = plan.design.consts
    if _pauses(plan):
        option = ":livelock" if plan.design.has("lwkt_livelock") else ":storm"
        yield option, "has a line that storms sleep for a tick"
    if consts.get("EMERGENCY_TICKS"):
        yield ":emergency", "polls at ticks"
    if consts.get("DPC_WATCHDOG"):
        yield ":watchdog", "counts the ticks of a DPC"
    if consts.get("DPC_LEVELS"):
        yield ":importance", "leaves DPCs to the next tick"
    elif plan.targets:
        yield "", "leaves DPCs for other CPUs to their next tick"


def _silent(plan: Plan) -> bool:
    """Whether nothing happens by itself: somebody else has the devices say something, and what follows is looked at."""
    return bool(plan.lines) and all(isinstance(each.device.arrivals, Never) for each in plan.lines)


def calls(func: object, wanted: object) -> bool:
    """Whether `func`, or what it calls of the user's, names `wanted`."""
    seen, waiting = set(), [func]
    while waiting:
        each = waiting.pop()
        if each is wanted:
            return True
        if isinstance(each, FunctionType) and each.__code__ not in seen and not _is_kernels(each):
            seen.add(each.__code__)
            waiting += [each.__globals__.get(use.name) for use in uses(each.__code__)]
    return False


def _is_kernels(func: FunctionType) -> bool:
    return func.__module__.startswith("splx.kernel.")


def softclock(plan: Plan) -> Softint:
    """The softint that calls what is due. Its number follows those of the scenario's."""
    index = len(plan.scenario.softints)
    return Softint(si_func=callout_softclock, si_soft=SOFT[LEVEL], si_mpsafe=1, si_index=index, si_dev=NODEV)


def fill_ticks(plan: Plan, lwps: Lwps, asked: Softint, filling: Filling) -> None:
    """The tables of callouts and of sleeps that end by themselves."""
    cpus = [CalloutCpu(cc_lock=spin_mutex(plan)) for _ in range(plan.cpus)]
    lwps.names |= {cc: f"callout{cpu}" for cpu, cc in enumerate(cpus)}
    first = cpus[plan.clocks[0]]
    home = [cc if cpu in plan.clocks else first for cpu, cc in enumerate(cpus)]
    filling.set(callouts, cpu=cpus, home=home, softint=asked)
    for callout in plan.scenario.callouts:
        filling.set(callout, c_cpu=first)
    made = [SleepTimeout(st_lwp=lwp) if lwp is not None else NULL for lwp in timed(plan, lwps)]
    for st in filter(None, made):
        lwps.names[st] = f"{lwps.names[st.st_lwp]}.timeout"
        filling.set(st.st_callout, c_func=sleepq_timeout, c_arg=st, c_mpsafe=1, c_cpu=first)
    filling.set(timeouts, lwp=made)
    fill_storms(plan, lwps, filling, first)


def timed(plan: Plan, lwps: Lwps) -> list[Lwp | None]:
    """The threads that may sleep for a time, each where its number says: the scenario's; and of the kernel's those that
    run its handlers, softints and works, if any of these does.
    """
    served = any(calls(func, wait) for _, func, _ in _served(plan) for wait in TIMED)
    kernels = _serving(lwps) if served else ()
    places = {lwp.l_id - len(plan.lines): lwp for lwp in (*lwps.user, *kernels)}
    return [places.get(number) for number in range(max(places, default=-1) + 1)]


def _serving(lwps: Lwps) -> Iterator[Lwp]:
    """The threads of the kernel's that run handlers, softints and works."""
    yield from (lwp for made in (*lwps.event.values(), *lwps.workers) for lwp in made)
    for of_level in (*lwps.soft, *lwps.interrupt):
        for first in of_level.values():
            lwp = first
            while lwp is not NULL:
                yield lwp
                lwp = lwp.l_next


def fill_storms(plan: Plan, lwps: Lwps, filling: Filling, home: CalloutCpu) -> None:
    """The pauses of lines that storm, where they are given any. `home` is the CPU whose ticks they wait for."""
    if _pauses(plan):
        pauses = {number: _pause(lwps, number, home, filling) for number in lwps.event}
        filling.set(storms, line=[pauses.get(number, NULL) for number in range(len(plan.lines))])


def _pauses(plan: Plan) -> bool:
    """Whether a line that storms is given a pause of a tick."""
    return plan.design.has("lwkt_livelock") or plan.design.consts.get("INTR_STORM_THRESHOLD", 0) != 0


def _pause(lwps: Lwps, number: int, home: CalloutCpu, filling: Filling) -> IntrStorm:
    """That of the thread of a line."""
    storm, lwp = IntrStorm(), lwps.event[number][0]
    lwps.names[storm] = f"{lwps.names[lwp]}.storm"
    filling.set(storm.ie_pause, st_lwp=lwp)
    filling.set(storm.ie_pause.st_callout, c_func=sleepq_timeout, c_arg=storm.ie_pause, c_mpsafe=1, c_cpu=home)
    return storm
