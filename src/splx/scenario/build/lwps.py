"""Threads: the structs, their contexts, and the run queues they start on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from splx.kernel.interface.axes import ithread_loop, softint_thread
from splx.kernel.interface.levels import KSOFTIRQD, PRI_IDLE, PRI_KTHREAD, PRI_SOFTCLOCK, PRI_USER_RT, SOFT_CLOCK
from splx.kernel.interface.locks import MUTEX_SPIN, Mutex
from splx.kernel.interface.lwkt import emergency_loop
from splx.kernel.interface.lwp import (
    LSIDL,
    LSONPROC,
    LSSLEEP,
    LW_BOUND,
    LW_IDLE,
    LW_INTR,
    LW_NOSLEEP,
    LW_SYSTEM,
    Lwp,
    RtTask,
    Turnstile,
)
from splx.kernel.interface.napi import napi_loop
from splx.kernel.interface.sched import RunQueue
from splx.kernel.interface.wq import WQ_HIGHPRI, WQ_UNBOUND, kworker_loop, kworker_unbound_loop
from splx.lang.links import NULL
from splx.machine.costs import Account
from splx.scenario.build.contexts import Contexts

#: Of workers of high priority: above all other threads that are not real-time ones.
HIGHPRI = PRI_USER_RT - 1

if TYPE_CHECKING:
    from collections.abc import Callable

    from splx.scenario.build.plan import Line, Placed, Plan

#: Priority of the interrupt thread of level 0: all are above the softints, and below PRI_COUNT.
PRI_ITHREAD = PRI_SOFTCLOCK + 4


@dataclass(slots=True)
class Lwps:
    """The threads of a system: those of the scenario, and those of the kernel by CPU."""

    contexts: Contexts
    queues: list[RunQueue]
    idle: list[Lwp] = field(default_factory=list)
    user: list[Lwp] = field(default_factory=list)
    soft: list[dict[int, Lwp]] = field(default_factory=list)  # by CPU, then soft level
    interrupt: list[dict[int, Lwp]] = field(default_factory=list)  # by CPU, then level
    event: dict[int, list[Lwp]] = field(default_factory=dict)  # by line: one, or one for each handler
    poll: list[Lwp] = field(default_factory=list)  # of poll routines that are threads, in their order
    workers: list[list[Lwp]] = field(default_factory=list)  # of worker pools, by CPU
    emergency: list[Lwp] = field(default_factory=list)  # those that poll, by CPU
    scheduled: list[Lwp] = field(default_factory=list)  # those of them that the scheduler starts
    names: dict[Any, str] = field(default_factory=dict)  # of them, and of what they wait for
    sources: list[str] = field(default_factory=list)  # what latencies are kept of


def make_lwps(plan: Plan, contexts: Contexts) -> Lwps:
    """All threads. Their numbers follow those of the devices."""
    lwps = Lwps(contexts, _queues(plan))
    lwps.sources = [line.device.name for line in plan.lines]
    for number, placed in enumerate(plan.threads, 1):
        lwps.user.append(_user(plan, lwps, placed, number))
    _boot_lists(plan, lwps)
    for cpu in range(plan.cpus):
        lwps.soft.append(_softs(plan, lwps, cpu))
        lwps.interrupt.append(_interrupts(plan, lwps, cpu))
    lwps.event = _events(plan, lwps)
    lwps.poll = _polls(plan, lwps)
    lwps.workers = _workers(plan, lwps)
    lwps.emergency = _emergency(plan, lwps)
    for cpu in range(plan.cpus):
        lwps.idle.append(_idle(plan, lwps, cpu))
    lwps.sources.append("idle")
    return lwps


def spin_mutex(plan: Plan) -> Mutex:
    """One of the kernel's own locks."""
    return Mutex(ipl=plan.design.level("IPL_SCHED"), kind=MUTEX_SPIN)


def _queues(plan: Plan) -> list[RunQueue]:
    """A run queue for each CPU; one for all; or, in the textbook's scheduler, one lock for all of them."""
    if plan.design.global_queue:
        lock = spin_mutex(plan)
        return [RunQueue(rq_lock=lock, rq_lwplock=lock)] * plan.cpus
    if plan.design.has("textbook_sched"):
        lock = spin_mutex(plan)
        return [RunQueue(rq_lock=lock, rq_lwplock=lock) for _ in range(plan.cpus)]
    return [RunQueue(rq_lock=spin_mutex(plan), rq_lwplock=spin_mutex(plan)) for _ in range(plan.cpus)]


def _lwp(plan: Plan, lwps: Lwps, name: str, cpu: int, account: Account, **values: object) -> Lwp:
    origin = values.pop("origin", 0)
    assert isinstance(origin, int)
    main = lwps.contexts.new(name, account, origin)
    preempt = lwps.contexts.new(f"{name} (preempted)", Account.SCHED)
    lwp = Lwp(l_main=main, l_preempt=preempt, l_ctx=main, l_cpu=cpu, l_mutex=lwps.queues[cpu].rq_lwplock, **values)
    if plan.design.has("turnstile"):
        lwp.l_ts = Turnstile()
    if plan.design.has("rtmutex"):
        lwp.l_ts = Turnstile(ts_rt=RtTask(rt_lwp=lwp))
        lwps.names[lwp.l_ts.ts_rt] = f"{name}.rt"
    lwps.names[lwp] = name
    return lwp


def _new_source(lwps: Lwps, name: str) -> int:
    lwps.sources.append(name)
    return len(lwps.sources) - 1


def _user(plan: Plan, lwps: Lwps, placed: Placed, number: int) -> Lwp:
    decl = placed.decl
    bound = decl.cpu is not None
    return _lwp(
        plan,
        lwps,
        decl.name,
        placed.cpu,
        Account.THREAD,
        origin=number,
        l_func=decl.func,
        l_arg=decl.arg,
        l_id=_new_source(lwps, decl.name),
        l_flag=LW_BOUND if bound else 0,
        l_stat=LSIDL,
        l_prio=decl.priority,
        l_switched=1,
    )


def _boot_lists(plan: Plan, lwps: Lwps) -> None:
    """Threads in the order of declaration, on the queue of the CPU where they start."""
    for cpu, queue in enumerate(lwps.queues):
        here = [
            lwp for lwp, at in zip(lwps.user, plan.threads, strict=True) if plan.design.global_queue or at.cpu == cpu
        ]
        for lwp, after in zip(here, [*here[1:], NULL], strict=False):
            lwp.l_next = after
        queue.rq_boot = here[0] if here else NULL


def _softs(plan: Plan, lwps: Lwps, cpu: int) -> dict[int, Lwp]:
    if plan.design.has("softirq"):
        ksoftirqd = _scheduled(plan, lwps, f"ksoftirqd/{cpu}", cpu, plan.design.consts["KSOFTIRQD_PRI"], softint_thread)
        ksoftirqd.l_arg = plan.design.level("IPL_SOFTNET")
        return {min(plan.softs, default=0): ksoftirqd}
    if plan.design.has("softirq_rt"):
        return _softirqs_rt(plan, lwps, cpu)
    if plan.design.has("swi"):
        swis = {k: f"swi{name.removeprefix('IPL_SOFT').lower()}/{cpu}" for k, name in plan.softs.items()}
        return {k: _scheduled(plan, lwps, name, cpu, PRI_SOFTCLOCK + k, softint_thread, k) for k, name in swis.items()}
    if not plan.design.has("softint"):
        return {}
    return {k: _kernel(plan, lwps, f"{name.removeprefix('IPL_').lower()}/{cpu}", cpu, PRI_SOFTCLOCK + k, k)
            for k, name in plan.softs.items()}  # fmt: skip


def _softirqs_rt(plan: Plan, lwps: Lwps, cpu: int) -> dict[int, Lwp]:
    """Ktimers for the class of timers, ksoftirqd for the others; of those that are in use."""
    consts, made = plan.design.consts, {}
    if SOFT_CLOCK in plan.softs:
        made[SOFT_CLOCK] = _scheduled(
            plan, lwps, f"ktimers/{cpu}", cpu, consts["KTIMERS_PRI"], softint_thread, SOFT_CLOCK
        )
    if plan.softs:
        made[KSOFTIRQD] = _scheduled(
            plan, lwps, f"ksoftirqd/{cpu}", cpu, consts["KSOFTIRQD_PRI"], softint_thread, KSOFTIRQD
        )
    return made


def _events(plan: Plan, lwps: Lwps) -> dict[int, list[Lwp]]:
    """The threads of each line whose handlers do not run at once."""
    return {
        line.number: [_event(plan, lwps, name, line) for name in _event_names(plan, line)]
        for line in plan.lines
        if plan.evented(line)
    }


def _event(plan: Plan, lwps: Lwps, name: str, line: Line) -> Lwp:
    """One that the scheduler starts, or that is entered in situ."""
    priority = plan.design.consts.get("IRQ_THREAD_PRI", PRI_ITHREAD + line.level)
    if plan.design.has("lwkt_ithread"):
        return _kernel(plan, lwps, name, line.cpu, priority, line.level)
    return _scheduled(plan, lwps, name, line.cpu, priority, ithread_loop)


def _polls(plan: Plan, lwps: Lwps) -> list[Lwp]:
    """A thread for each poll routine, if they are threads. It starts on the first CPU, and goes where there is room."""
    if not plan.design.has("napi_thread"):
        return []
    names = [f"napi/{each.about.name}" for each in plan.scenario.napis]
    return [_scheduled(plan, lwps, name, 0, plan.design.consts["NAPI_PRI"], napi_loop) for name in names]


def _workers(plan: Plan, lwps: Lwps) -> list[list[Lwp]]:
    """The stock of workers of each pool, where workqueues use such, and there are workqueues. Pools of high priority
    come after the others, if one of these is; those of no CPU last.
    """
    queues = [each.workqueue for each in plan.scenario.threads if each.workqueue is not None]
    if not plan.design.has("kworker") or not queues:
        return []
    stock = range(plan.design.consts["KWORKERS"])
    classes = [("", PRI_KTHREAD), ("H", HIGHPRI)]
    bound = classes if any(each.wq_class == WQ_HIGHPRI for each in queues) else classes[:1]
    unbound = classes if any(each.wq_class >= WQ_UNBOUND for each in queues) else []
    return [
        *(
            [_scheduled(plan, lwps, f"kworker/{cpu}:{n}{mark}", cpu, priority, kworker_loop) for n in stock]
            for mark, priority in bound
            for cpu in range(plan.cpus)
        ),
        *(
            [_scheduled(plan, lwps, f"kworker/u:{n}{mark}", 0, priority, kworker_unbound_loop) for n in stock]
            for mark, priority in unbound
        ),
    ]


def _emergency(plan: Plan, lwps: Lwps) -> list[Lwp]:
    """A thread for each CPU that polls its handlers, if they are polled."""
    if not plan.design.has("lwkt_emergency"):
        return []
    above = PRI_ITHREAD + plan.design.level("IPL_VM")
    return [_scheduled(plan, lwps, f"emergency/{cpu}", cpu, above, emergency_loop) for cpu in range(plan.cpus)]


def _event_names(plan: Plan, line: Line) -> list[str]:
    """One thread for the line; or one for each handler, named after its device, and after itself if that has two."""
    if not plan.by_handler:
        return [f"irq/{line.device.name}"]
    devices = [each.device.name for each in line.handlers]
    return [
        f"irq/{name}" if devices.count(name) == 1 else f"irq/{name}:{each.func.__name__}"
        for each, name in zip(line.handlers, devices, strict=True)
    ]


def _scheduled(
    plan: Plan, lwps: Lwps, name: str, cpu: int, priority: int, func: Callable[[int], None], arg: int = 0
) -> Lwp:
    """A thread of the kernel's that waits on itself, or on what the builder says, and is started when it is woken."""
    lwp = _lwp(
        plan,
        lwps,
        name,
        cpu,
        Account.DEFERRED,
        l_func=func,
        l_arg=arg,
        l_id=_new_source(lwps, name),
        l_flag=LW_SYSTEM if func in (ithread_loop, napi_loop, kworker_unbound_loop) else LW_SYSTEM | LW_BOUND,
        l_stat=LSSLEEP,
        l_prio=priority,
        l_switched=1,
    )
    lwp.__dict__.update(l_wchan=lwp)  # its own address
    lwps.scheduled.append(lwp)
    return lwp


def _interrupts(plan: Plan, lwps: Lwps, cpu: int) -> dict[int, Lwp]:
    levels = sorted({line.level for line in plan.lines if plan.reaches(line, cpu) and plan.threaded(line)})
    made = {n: _kernel(plan, lwps, f"intr{n}/{cpu}", cpu, PRI_ITHREAD + n, n) for n in levels}
    for n, first in made.items():
        if plan.design.has("ithread_pool"):
            _others_of_level(plan, lwps, n, first)
    return made


def _others_of_level(plan: Plan, lwps: Lwps, level: int, first: Lwp) -> None:
    """The other threads of a level of a CPU, which follow the first on the list of those that are free."""
    last = first
    for number in range(2, plan.design.consts.get("ITHREADS", 1) + 1):
        name = f"{lwps.names[first]}.{number}"
        other = _kernel(plan, lwps, name, first.l_cpu, first.l_prio, level)
        last.l_next = other
        last = other


def _kernel(plan: Plan, lwps: Lwps, name: str, cpu: int, priority: int, level: int) -> Lwp:
    """A softint or interrupt thread: it is entered in situ, and never on a queue before it has blocked."""
    return _lwp(
        plan,
        lwps,
        name,
        cpu,
        Account.DEFERRED,
        l_arg=level,
        l_id=_new_source(lwps, name),
        l_flag=LW_INTR | LW_NOSLEEP | LW_SYSTEM | LW_BOUND,
        l_stat=LSIDL,
        l_prio=priority,
    )


def _idle(plan: Plan, lwps: Lwps, cpu: int) -> Lwp:
    return _lwp(
        plan,
        lwps,
        f"idle/{cpu}",
        cpu,
        Account.IDLE,
        l_id=len(lwps.sources),
        l_flag=LW_IDLE | LW_BOUND,
        l_stat=LSONPROC,
        l_prio=PRI_IDLE,
    )
