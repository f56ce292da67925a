"""The tables of the kernel's interface, filled for one system.

Statics of the interface are objects of their modules, and every system fills them anew: `Filling` sets the fields
of statics for as long as the program is being linked, and puts back what was there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from splx.kernel.interface import events, forward, lines, lwkt, lwp, rt, sched
from splx.kernel.interface.irqs import irqthreads
from splx.kernel.interface.levels import LEVELS, NODEV, SOFTS
from splx.kernel.interface.locks import MUTEX_RT, Mutex
from splx.kernel.interface.sched import SleepHash, TsChain
from splx.kernel.interface.sync import KCondvar
from splx.lang.links import NULL
from splx.machine.state import VECTORS
from splx.scenario.build.events import continuations, tie_events, waited_for
from splx.scenario.build.lines import device_of, needs_bits
from splx.scenario.build.lwps import spin_mutex
from splx.scenario.build.polls import fill_polls
from splx.scenario.build.tasklets import fill_tasklets
from splx.scenario.build.ticks import fill_storms, fill_ticks, softclock
from splx.scenario.build.wiring import input_name
from splx.scenario.build.workers import fill_workers
from splx.scenario.levels import SOFT

if TYPE_CHECKING:
    from splx.lang.struct import KernelStruct, PerCpu
    from splx.scenario.build.lines import Sources
    from splx.scenario.build.lwps import Lwps
    from splx.scenario.build.plan import Plan


@dataclass(slots=True)
class Filling:
    """Values of fields: of statics, and of per-CPU statics by CPU."""

    statics: list[tuple[KernelStruct, Mapping[str, Any]]] = field(default_factory=list)
    percpu: dict[PerCpu, list[dict[str, Any]]] = field(default_factory=dict)

    def set(self, static: KernelStruct, **values: Any) -> None:  # noqa: ANN401 - initial values of a struct
        """Fields of a static."""
        self.statics.append((static, values))

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """The statics hold their values until the block ends."""
        kept = [(static, dict(static.__dict__)) for static, _ in self.statics]
        for static, values in self.statics:
            static.__dict__.update(values)
        try:
            yield
        finally:
            for static, before in reversed(kept):
                static.__dict__.clear()
                static.__dict__.update(before)


def fill(plan: Plan, lwps: Lwps, sources: Sources) -> Filling:
    """Everything that the interface says a builder fills."""
    filling = Filling()
    _fill_interrupts(plan, sources, filling)
    _fill_forwards(plan, sources, filling)
    _fill_events(plan, lwps, sources, filling)
    _fill_filters(plan, lwps, sources, filling)
    _fill_removal(plan, lwps, filling)
    _fill_scheduler(plan, lwps, filling)
    _fill_declared(plan, lwps, filling)
    fill_workers(plan, lwps, filling)
    if lwps.emergency:
        filling.set(lwkt.emergencies, lwp=lwps.emergency)
    _fill_cpus(plan, lwps, sources, filling)
    return filling


def _fill_interrupts(plan: Plan, sources: Sources, filling: Filling) -> None:
    vectors = [sources.of_vector(vector) or NULL for vector in range(VECTORS)]
    filling.set(lines.intr, line=[*sources.line, *vectors * plan.cpus])
    filling.set(
        lines.soft,
        source=[sources.soft.get(k, NULL) for k in range(SOFTS)],
        vector=[sources.vector.get(k, 0) for k in range(SOFTS)],
    )


def _fill_forwards(plan: Plan, sources: Sources, filling: Filling) -> None:
    """Where lines are handed to the CPU that has the big lock: by which vectors."""
    if plan.design.has("biglock_forward"):
        filling.set(forward.forwards, vector=[sources.handing.get(level, 0) for level in range(LEVELS)])


def _fill_events(plan: Plan, lwps: Lwps, sources: Sources, filling: Filling) -> None:
    irqs = len(plan.lines) + VECTORS * plan.cpus
    descs = tie_events(plan, sources, lwps)
    filling.set(lines.irqdescs, desc=_table(descs, irqs))
    filling.set(irqthreads, of=_table(waited_for(plan, lwps, descs), irqs))
    going_on = continuations(plan, sources)
    filling.set(lines.continuations, softint=_table(going_on, irqs))
    ticking = [softclock(plan)] if plan.clocks else []
    first = len(plan.scenario.softints) + len(ticking) + len(going_on)
    polls = fill_polls(plan, lwps, filling, first)
    run = fill_tasklets(plan, lwps, filling, first + len(polls))
    filling.set(lines.softints, softint=[*plan.scenario.softints, *ticking, *going_on.values(), *polls, *run])
    for asked in ticking:
        lwps.names[asked] = "softclock"
        fill_ticks(plan, lwps, asked, filling)
    if not ticking:
        fill_storms(plan, lwps, filling, NULL)


def _fill_filters(plan: Plan, lwps: Lwps, sources: Sources, filling: Filling) -> None:
    """The filters that run by themselves; a handler without one is wanted whatever they say."""
    for number, made in sources.filters.items():
        lwps.names |= {each: f"{plan.lines[number].device.name}.filter{n or ''}" for n, each in enumerate(made)}
    others = [int(any(each.filter is None for each in line.handlers)) for line in plan.lines]
    first = {number: made[0] for number, made in sources.filters.items()}
    filling.set(lines.filters, first=_table(first, len(plan.lines)), others=others)


def _fill_removal(plan: Plan, lwps: Lwps, filling: Filling) -> None:
    """Where handlers are removed: the lock of the list of each line, and where threads wait that want one removed."""
    if not plan.removes:
        return
    ipl, irqs = plan.design.level("IPL_NONE"), len(plan.lines) + VECTORS * plan.cpus
    locks = {line.number: Mutex(ipl=ipl, kind=plan.design.sleep_kind) for line in plan.lines if line.connected}
    cvs = {number: KCondvar() for number in locks}
    lwps.names |= {lock: f"{input_name(plan.lines[number])}.ie_lock" for number, lock in locks.items()}
    lwps.names |= {cv: f"{input_name(plan.lines[number])}.ie_cv" for number, cv in cvs.items()}
    filling.set(events.eventlocks, ie_lock=_table(locks, irqs), ie_cv=_table(cvs, irqs))


def _fill_scheduler(plan: Plan, lwps: Lwps, filling: Filling) -> None:
    consts = plan.design.consts
    filling.set(sched.sched, cpu=list(lwps.queues))
    chains = [TsChain(tc_lock=spin_mutex(plan)) for _ in range(consts["TS_CHAINS"])]
    filling.set(sched.turnstiles, chain=chains)
    shared = lwps.queues[0].rq_lock if plan.design.has("textbook_sched") else None
    hashes = [SleepHash(sh_lock=shared or spin_mutex(plan)) for _ in range(consts["SLEEP_HASHES"])]
    filling.set(sched.sleepqs, bucket=hashes)
    if plan.design.has("rtmutex"):
        wait_lock = spin_mutex(plan)
        lwps.names |= {wait_lock: "wait_lock", rt.rtmutexes: "rtmutexes"}
        filling.set(rt.rtmutexes, wait_lock=wait_lock)


def _fill_declared(plan: Plan, lwps: Lwps, filling: Filling) -> None:
    """What the scenario declared and the design completes: locks get their kind, softints and jobs their numbers."""
    design = plan.design
    # a ceiling that was not said is that of the best thread: no thread is above it
    best = max((made.l_prio for made in lwps.user), default=0)
    for lock in plan.scenario.locks:
        about = lock.about
        ceiling = best if about.ceiling is None else about.ceiling
        filling.set(lock, ipl=design.ipl_of(about.level), kind=design.kind_of(about.level), ceiling=ceiling)
    for rwlock in plan.scenario.rwlocks if design.has("rwlock_rt") else ():
        filling.set(rwlock.rw_lock, kind=MUTEX_RT)
    for softint in plan.scenario.softints:
        finishes = softint.about.finishes
        device = NODEV if finishes is None else device_of(plan, finishes)
        filling.set(softint, si_soft=SOFT[softint.about.level], si_dev=device)
    for made, placed in zip(lwps.user, plan.threads, strict=True):
        if placed.decl.job is not None:
            filling.set(placed.decl.job, jb_lwp=made)
        if placed.decl.workqueue is not None:
            filling.set(placed.decl.workqueue, wq_lwp=made)


def _fill_cpus(plan: Plan, lwps: Lwps, sources: Sources, filling: Filling) -> None:
    """Per-CPU statics; those of mechanisms that the design does not have would only be words of state."""
    cpus = range(plan.cpus)
    design = plan.design
    filling.percpu[lwp.ci] = [{"curlwp": idle, "running": idle, "onproc": idle, "idlelwp": idle} for idle in lwps.idle]
    filling.percpu[lines.intrcpu] = [{"frame": sources.frame[cpu]} for cpu in cpus]
    if needs_bits(plan):
        filling.percpu[lines.held] = [_held(sources, cpu) for cpu in cpus]
    if any(lwps.soft):
        filling.percpu[lines.softcpu] = [{"lwp": _table(lwps.soft[cpu], SOFTS)} for cpu in cpus]
    if design.consts.get("RT_BH_LOCK"):
        locks = [Mutex(ipl=design.level("IPL_SOFTCLOCK"), kind=design.sleep_kind) for _ in cpus]
        lwps.names |= {lock: f"softirq_ctrl/{cpu}" for cpu, lock in enumerate(locks)}
        filling.percpu[rt.bhlocks] = [{"lock": lock} for lock in locks]
    if design.has("ithread", "ithread_pool"):
        filling.percpu[lines.ithreadcpu] = [{"lwp": _table(lwps.interrupt[cpu], LEVELS)} for cpu in cpus]


def _table(made: Mapping[int, Any], length: int) -> list[Any]:
    return [made.get(n, NULL) for n in range(length)]


def _held(sources: Sources, cpu: int) -> dict[str, Any]:
    bits = sources.bits[cpu]
    return {
        "source": [bits.get(bit, NULL) for bit in range(sources.width)],
        "unmasked": [sum(1 << bit for bit, s in bits.items() if s.is_minlevel > level) for level in range(LEVELS)],
        "softbit": [1 << sources.soft[k].is_bit if k in sources.soft else 0 for k in range(SOFTS)],
    }
