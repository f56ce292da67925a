"""The smallest builder of systems: fills what the interface says a builder fills, runs it, and tells what happened.

bench = Bench("spl_deferred", "carrier_direct", "flow_mask", "softint", "preempt", cpus=1)
bench.line("nic", IPL_VM, handler, at=[us(10)])
bench.thread("t", body, prio=40)
assert bench.run(until=us(100)) == ...
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.unit.kernel.designs import CONSTS, slots

from splx.base.diagnostics import Findings
from splx.kernel.interface import axes, lines, lwp, sched
from splx.kernel.interface.lines import IntrHandler, IntrSource, Softint
from splx.kernel.interface.locks import MUTEX_ADAPTIVE, MUTEX_SPIN, Mutex
from splx.kernel.interface.lwp import LSIDL, LSONPROC, LW_BOUND, LW_IDLE, LW_INTR, LW_NOSLEEP, LW_SYSTEM, Lwp, Turnstile
from splx.kernel.interface.sched import RunQueue, SleepHash, TsChain
from splx.lang.kernel import NULL, Struct
from splx.machine.constants import Event, Kind, Mark
from splx.machine.costs import Account
from splx.machine.state import VECTORS
from splx.machine.tracing import RECORD
from splx.program.link import ByLock, Options, link
from splx.scenario.build.tables import Filling
from splx.scenario.system import ContextSpec, DeviceSpec, IrqSpec, System
from splx.simulate import simulate

SOFT_LEVELS = ("IPL_SOFTCLOCK", "IPL_SOFTBIO", "IPL_SOFTNET", "IPL_SOFTSERIAL", "IPL_PREEMPT")
SOFT_BITS = (26, 27, 28, 29, 25)
SOFT_NAMES = ("softclock", "softbio", "softnet", "softserial", "preempt")
POKE_BIT = 30


class Entries(Struct):
    """What starts contexts: keeps the functions in the table."""

    trap: Callable[[int], None]
    idle: Callable[[Lwp], None]
    start: Callable[[Lwp], None]


@dataclass
class Line:
    """A device line as a test declares it."""

    name: str
    source: IntrSource
    at: list[int]
    edge: bool
    cpu: int
    ring: int


@dataclass
class Contexts:
    """Contexts of the system, by number."""

    specs: list[ContextSpec] = field(default_factory=list)

    def new(self, name: str, account: Account = Account.INTR) -> int:
        self.specs.append(ContextSpec(name, account))
        return len(self.specs) - 1


class Bench:
    """A system under construction, and then its run."""

    def __init__(self, *mechanisms: str, cpus: int = 1, consts: dict[str, int] | None = None, **bodies: Any) -> None:
        self.cpus = cpus
        self.consts = CONSTS | {"NCPU": cpus} | (consts or {})
        base = ("intr", "switch", "sched", "lwp", "kthread", "sleepq", "turnstile", "mutex", "mutex_spin",
                "mutex_adaptive", "condvar")  # fmt: skip
        self.slots = slots(*base, *mechanisms, **bodies)
        for name, kinds in {"enter": "enter", "exit": "exit", "tryenter": "tryenter"}.items():
            self.slots[f"mutex_{name}"] = ByLock(
                {MUTEX_SPIN: self.slots[f"mutex_spin_{kinds}"], MUTEX_ADAPTIVE: self.slots[f"mutex_sleep_{kinds}"]},
                self.slots[f"mutex_{name}"],
                lambda m: m.kind,
            )
        self.contexts = Contexts()
        self.lines: list[Line] = []
        self.softs: list[Softint] = []
        self.threads: list[tuple[str, Lwp]] = []
        self.statics: list[Any] = []
        self.trap = tuple(self.contexts.new(f"trap{cpu}") for cpu in range(cpus))

    def level(self, level: Any) -> int:
        return self.consts[level.name]

    # ---- declarations

    def line(self, name, level, *handlers, at=(), edge=False, cpu=0, ring=8, mpsafe=1):
        """A device with arrivals at the given times. Handlers: functions, or (function, level) falling by level."""
        number = len(self.lines)
        chain = NULL
        pairs = [(each if isinstance(each, tuple) else (each, level)) for each in handlers]
        for func, its in reversed(pairs):
            chain = IntrHandler(ih_func=func, ih_arg=number, ih_level=self.level(its), ih_mpsafe=mpsafe, ih_dev=number,
                                ih_autodone=1, ih_next=chain)  # fmt: skip
        source = IntrSource(is_run=axes.intr_run, is_handlers=chain, is_irq=number, is_level=self.level(pairs[0][1]),
                            is_minlevel=self.level(pairs[-1][1]), is_bit=number, is_trigger=int(not edge))  # fmt: skip
        self.lines.append(Line(name, source, list(at), edge, cpu, ring))

    def softint(self, level, func):
        """A soft interrupt handler."""
        made = Softint(si_func=func, si_soft=level, si_mpsafe=1, si_index=len(self.softs))
        self.softs.append(made)
        return made

    def thread(self, name, func, *, prio, cpu=0, arg=0, bound=True):
        """A thread that is ready at the start."""
        made = self._lwp(name, cpu, prio, LW_BOUND if bound else 0, Account.THREAD)
        made.l_func, made.l_arg = func, arg
        self.threads.append((name, made))
        return made

    def mutex(self, level, made=None):
        """A mutex of the kind that its level asks for."""
        made = made or Mutex()
        made.ipl = self.level(level)
        made.kind = MUTEX_SPIN if self.level(level) >= self.consts["IPL_BIO"] else MUTEX_ADAPTIVE
        self.statics.append(made)
        return made

    # ---- building

    def _lwp(self, name, cpu, prio, flags, account):
        main, preempt = self.contexts.new(name, account), self.contexts.new(f"{name}.preempt")
        made = Lwp(l_main=main, l_preempt=preempt, l_flag=flags, l_cpu=cpu, l_prio=prio, l_ts=Turnstile(), l_stat=LSIDL)
        made.l_ctx = made.l_main
        return made

    def _spin(self):
        return Mutex(ipl=self.consts["IPL_SCHED"], kind=MUTEX_SPIN)

    def build(self):
        """The linked and wired system."""
        c = self.consts
        c["IPI_BASE"] = len(self.lines)
        self.idle = []
        soft = [
            IntrSource(is_run=axes.preempt_run if k == 4 else axes.softint_run, is_irq=-1, is_level=c[SOFT_LEVELS[k]],
                       is_minlevel=c[SOFT_LEVELS[k]], is_bit=SOFT_BITS[k], is_soft=k)
            for k in range(5)
        ]  # fmt: skip
        poke = IntrSource(
            is_run=axes.ipi_run, is_irq=-1, is_level=c["IPL_IPI"], is_minlevel=c["IPL_IPI"], is_bit=POKE_BIT
        )
        sources = [each.source for each in self.lines]
        vectors = [poke, *soft, poke, poke]
        queues = [RunQueue(rq_lock=self._spin(), rq_lwplock=self._spin()) for _ in range(self.cpus)]
        filling = Filling()  # these statics are everybody's: whatever is linked next reaches what they hold
        filling.set(lines.intr, line=sources + vectors * self.cpus)
        filling.set(lines.soft, source=soft, vector=[1, 2, 3, 4, 5])
        filling.set(lines.softints, softint=self.softs)
        filling.set(sched.sched, cpu=queues)
        filling.set(sched.turnstiles, chain=[TsChain(tc_lock=self._spin())])
        filling.set(sched.sleepqs, bucket=[SleepHash(sh_lock=self._spin())])
        with filling.in_place():
            return self._system(self._linked(sources, soft, poke, queues))

    def _linked(self, sources, soft, poke, queues):
        per_cpu = [self._per_cpu(cpu, sources, soft, poke, queues[cpu]) for cpu in range(self.cpus)]
        percpu = {obj: [dict(each)[obj] for each in per_cpu] for obj, _ in per_cpu[0]}
        entries = Entries(trap=axes.intr_entry, idle=sched.idle_loop, start=sched.lwp_startup)
        statics = [entries, *self.statics, *self.softs, *(each for _, each in self.threads)]
        names = {each: name for name, each in self.threads}
        return link([], self.slots, self.consts, statics, Options(cpus=self.cpus, percpu=percpu, names=names))

    def _per_cpu(self, cpu, sources, soft, poke, rq):
        c = self.consts
        idle = self._lwp(f"idle{cpu}", cpu, -1, LW_IDLE | LW_BOUND, Account.IDLE)
        idle.l_stat, idle.l_mutex = LSONPROC, rq.rq_lwplock
        self.idle.append(idle)
        self._boot(cpu, rq)
        frames = {n: self.contexts.new(f"intr{cpu}.{n}") for n in range(2, 16)}
        bits = {each.is_bit: each for each in (*sources, *soft, poke)}
        table = [bits.get(n, NULL) for n in range(32)]
        unmasked = [sum(1 << n for n, s in bits.items() if s.is_minlevel > level) for level in range(16)]
        softs = [self._intr(f"{SOFT_NAMES[k]}{cpu}", cpu, 220 + k, k, rq) for k in range(4)]
        threads = [
            self._intr(f"ithread{cpu}.{n}", cpu, 208 + n, n, rq) if n >= c["IPL_BIO"] else NULL for n in range(15)
        ]
        return [
            (lwp.ci, {"curlwp": idle, "running": idle, "onproc": idle, "idlelwp": idle}),
            (lines.held, {"source": table, "unmasked": unmasked, "softbit": [1 << s.is_bit for s in soft]}),
            (lines.intrcpu, {"frame": [0, -1, *frames.values()]}),
            (lines.softcpu, {"lwp": [*softs, NULL]}),
            (lines.ithreadcpu, {"lwp": threads}),
        ]

    def _intr(self, name, cpu, prio, arg, rq):
        made = self._lwp(name, cpu, prio, LW_INTR | LW_NOSLEEP | LW_SYSTEM | LW_BOUND, Account.DEFERRED)
        made.l_arg, made.l_mutex = arg, rq.rq_lwplock
        self.statics.append(made)
        return made

    def _boot(self, cpu, rq):
        first = NULL
        for _, each in reversed(self.threads):
            if each.l_cpu == cpu:
                each.l_next, each.l_mutex, each.l_switched = first, rq.rq_lwplock, 1
                first = each
        rq.rq_boot = first

    def _system(self, image):
        specs = list(self.contexts.specs)
        for n, idle in enumerate(self.idle):
            at = idle.l_main
            specs[at] = ContextSpec(specs[at].name, Account.IDLE, function=image.number_of("idle_loop"),
                                    argument=image.address_of(idle), cpu=n)  # fmt: skip
        for name, each in self.threads:
            specs[each.l_main] = ContextSpec(name, Account.THREAD, function=image.number_of("lwp_startup"),
                                             argument=image.address_of(each))  # fmt: skip
        irqs = [IrqSpec(each.name, each.edge, each.source.is_level, each.cpu, n) for n, each in enumerate(self.lines)]
        c = self.consts
        prios = [c["IPL_IPI"], *(c[name] for name in SOFT_LEVELS), 1, 1]
        irqs += [IrqSpec(f"ipi{cpu}.{v}", True, prios[v], cpu) for cpu in range(self.cpus) for v in range(VECTORS)]
        rank = sorted(range(len(irqs)), key=lambda n: (-irqs[n].prio, n))
        devices = [
            DeviceSpec(each.name, n, Kind.RECORDED if each.at else Kind.NONE, n, ring=each.ring,
                       offset=each.at[0] if each.at else 0, recording=tuple(t - each.at[0] for t in each.at),
                       limit=len(each.at))
            for n, each in enumerate(self.lines)
        ]  # fmt: skip
        names = [each.name for each in self.lines] + [name for name, _ in self.threads]
        self.image = image
        self.system = System(
            "bench", "bench", self.cpus, image, tuple(specs), self.trap, image.number_of("intr_entry"), tuple(irqs),
            len(self.lines), tuple(rank), tuple(devices), (), tuple(names), stamps=8, statistics=tuple(image.counters),
        )  # fmt: skip
        return self.system

    # ---- running

    def run(self, *, until, machine="ideal", hide=("level",)):
        """What happened, in the order of time, one line each. The rule that was broken, if any, is the last one."""
        self.records = []
        self.said = self.result = None
        try:
            self.result = simulate(self.build(), machine, time=until, trace=self._take)
        except Findings as found:
            self.said = found.diagnostics[0].message
        self.records.sort(key=lambda record: record[0])
        happened = [each for each in self._events() if each.split()[1] not in hide]
        return "\n".join([*happened, *([self.said] if self.said else [])])

    def _take(self, log):
        self.records += [tuple(log[at : at + RECORD]) for at in range(0, len(log), RECORD)]

    def _events(self):
        functions = [each.name if each else "" for each in self.image.numbers]
        ctx = [each.name for each in self.system.contexts]
        irq = [each.name for each in self.system.irqs]
        source = self.system.sources
        say = {
            Event.ACCEPT: lambda a, b: f"accept {irq[a]}",
            Event.SWITCH: lambda a, b: f"switch {ctx[b]}",
            Event.ENTER: lambda a, b: f"enter {ctx[a]} {functions[b]}",
            Event.LEAVE: lambda a, b: f"leave {ctx[a]}",
            Event.MASK: lambda a, b: f"mask {irq[a]}",
            Event.UNMASK: lambda a, b: f"unmask {irq[a]}",
            Event.EOI: lambda a, b: f"eoi {irq[a]}",
            Event.LEVEL: lambda a, b: f"level {a}",
            Mark.START: lambda a, b: f"start {source[a]}",
            Mark.DONE: lambda a, b: f"done {source[a]}",
            Mark.HELD: lambda a, b: f"held {irq[a]}",
            Mark.USER: lambda a, b: f"mark {a}",
        }
        for _, cpu, kind, a, b in self.records:
            if kind in say and cpu >= 0:
                yield f"{cpu} {say[kind](a, b)}"
