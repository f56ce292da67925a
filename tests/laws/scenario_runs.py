"""Running a generated scenario to its end, and what must be true there, whatever the kernel: see `at_rest`."""

from __future__ import annotations

import linecache
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from splx.base.render import render
from splx.base.units import ms
from splx.kernel.interface.lwp import LSSLEEP, LSZOMB
from splx.machine.constants import Event, Mode, Status
from splx.machine.models import load as load_model
from splx.scenario.build import build
from splx.scenario.designs import design
from splx.scenario.load import load_scenario
from splx.scenario.names import SystemNames
from splx.simulate.engine import Stop, drive, engine_for
from splx.simulate.findings import explain
from splx.simulate.result import Result, read_cpus, read_sources, read_statistics
from splx.stage.load import Knobs, load, new_log
from splx.stage.sizeclass import sizes_for

LINES = ("BIO", "NET", "TTY", "VM", "AUDIO", "CLOCK")
TEXTBOOKS = [
    f"textbook:queues={queues},lock={lock}"
    for queues in ("partitioned", "global")
    for lock in ("fifo", "inherit", "ceiling")
]
DESIGNS = [
    "netbsd-2006",
    "netbsd-2006-deferred",
    "netbsd-2006:line=level",
    "netbsd-2006:wait=defer",
    "netbsd-2006:wait=forward",
    "netbsd-2006:line=level,wait=forward",
    *(f"netbsd-2006-deferred:family={family}" for family in ("threshold", "stop")),
    "netbsd-2006-deferred:line=level",
    *(f"doran-2006:line_at=IPL_{line}" for line in LINES),
    "netbsd-5",
    "solaris",
    "solaris:psm=apix",
    "freebsd",
    "freebsd:filter_at=IPL_NET",
    "linux",
    "linux:ksoftirqd=waits",
    "linux:edges=pend",
    "linux:edges=wait",
    "linux-threadirqs",
    "thomas-2007",
    "windows",
    "dragonfly",
    "qnx",
    "qnx:attach=isr",
    "xnu",
    "sel4",
    *TEXTBOOKS,
    "textbook:lock=inherit,order=fifo",
]  # fmt: skip
MACHINES = ["ideal", "i486-8259", "pentium-apic", "sparc-1993", "x86-2020"]

#: Long enough for whatever ends, on the slowest machine.
LONG, SHORT = ms(60), ms(2)

#: Words that are 0 when nothing runs: locks, levels, counts, what is pending.
ZERO = {
    "word", "lk_cpu", "lk_count",
    "ilevel", "mtx_count", "idepth", "biglock_count", "biglock_wanted", "prevlwp",
    "ipending", "waiting", "blocked", "active", "pending", "si_pending",
    "l_nopreempt", "l_blcnt", "l_locks", "l_held", "l_pi_lenders", "l_switchto", "ts_inheritor",
    "asked", "ready", "queued", "wanted", "is_need", "holds", "left", "busy",
    "ia_run", "id_inprogress", "id_oneshot", "lines",
}  # fmt: skip


@dataclass
class Run:
    """How a run came out: the record, the words of the kernel by name, and the machine it left."""

    result: Result
    words: dict[str, int]
    machine: object = field(repr=False)
    system: object = field(repr=False)
    #: When items arrived, by device.
    arrivals: dict[str, list[int]] = field(default_factory=dict)

    @property
    def bytes(self):
        """All of the machine's state, and all of its books."""
        return [bytes(self.machine.field_bytes(part)) for part in ("state", "beside")]

    @property
    def busy(self):
        """The time, ps, in which CPUs did not wait for anything."""
        waiting = ("idle", "spin")
        return sum(time for cpu in self.result.cpus for name, time in cpu.accounts.items() if name not in waiting)


def execute(built, name, machine="ideal", *, engine="native", time=None, seed=1) -> Run:
    """Run a scenario under a design. AssertionError with the finding if a rule was broken."""
    model = load_model(machine)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "generated.py"
        path.write_text(built.text)
        system = build(load_scenario(path), design(name), cpus=built.cpus, ties=built.ties, cycle=model.cycle)
        linecache.getlines(str(path))
    sizes, knobs = sizes_for(system), Knobs(seed=seed, ties=built.ties)
    entries, log = engine_for(engine, sizes), new_log(sizes)
    buffer = load(system, model, knobs, sizes, log)
    asked = time or (LONG if built.ends else SHORT)
    arrivals = {device.name: [] for device in system.devices}

    def note(count):
        for at in range(0, 5 * count, 5):
            if log[at + 2] in (Event.ARRIVE, Event.DROP):
                arrivals[system.devices[log[at + 3]].name].append(log[at])

    driven = drive(buffer, entries, asked, Stop(), drain=note)
    if driven.status is Status.FINDING:
        found = explain(buffer, system, lambda: load(system, model, knobs, sizes), entries, driven.steps)
        raise AssertionError(f"{name}, {machine}\n{render(found)}")
    result = Result(
        system.scenario, system.design, model.name, seed, built.ties, asked, driven.until, driven.complete,
        read_cpus(buffer, driven.until), read_sources(buffer, system), read_statistics(buffer, system),
    )  # fmt: skip
    names = SystemNames(system)
    memory = buffer.array("state.mem").tolist()
    words = {}
    for address, cell in names._cells.items():
        words[cell.name if cell.cpu < 0 else f"cpu{cell.cpu}.{cell.name}"] = memory[address]
    return Run(result, words, buffer, system, {name: sorted(times) for name, times in arrivals.items()})


def books(run: Run) -> Iterator[str]:
    """What is not conserved: arrivals, and time."""
    result = run.result
    for number, cpu in enumerate(result.cpus):
        if sum(cpu.accounts.values()) != result.elapsed or min(cpu.accounts.values()) < 0:
            yield f"CPU {number}: {dict(cpu.accounts)} of {result.elapsed} ps"
    items = run.machine.sizes["ITEMS"]
    times = run.machine.array("beside.item_time").tolist()
    for number, device in enumerate(run.system.devices):
        it = result.sources[number]
        outstanding = sum(time >= 0 for time in times[number * items : (number + 1) * items])
        if it.arrived != it.dropped + it.done + outstanding:
            where = f"{it.dropped} dropped, {it.done} done, {outstanding} outstanding"
            yield f"{device.name}: {it.arrived} arrived, {where}"


def at_rest(run: Run) -> Iterator[str]:
    """What is not as it must be when all arrivals have been dealt with and all threads are done."""
    yield from _machine_at_rest(run)
    for name, value in run.words.items():
        last = name.rpartition(".")[2].partition("[")[0]
        if (value != 0 if last in ZERO else last == "l_inherited" and value != -1) and not _idle(name):
            yield f"{name} is {value}"
    for name, head in run.words.items():
        if name.startswith("shared.head[") and head != run.words[name.replace("head", "tail")]:
            yield f"{name} is {head}, and not all that was queued"
    for name in run.result.sources:
        if name.kind == "device" and name.done != name.accepted:
            yield f"{name.name}: {name.done} done of {name.accepted}"
        elif name.kind == "thread" and name.name.startswith(("t", "server")):
            yield from _thread_done(name.name, run.words)


def _idle(name):
    return name.startswith(("idle/", "idlelwp"))


def _thread_done(name, words):
    stat = words[f"{name}.l_stat"]
    expected = LSSLEEP if name.startswith("server") else LSZOMB
    if stat != expected:
        yield f"{name}.l_stat is {stat}"


def _machine_at_rest(run):
    machine = run.machine.view()
    for cpu in range(run.system.cpus):
        if machine.beside.cpus[cpu].mode != Mode.HALTED:
            yield f"CPU {cpu} is not halted"
    if machine.beside.n_events:
        yield f"{machine.beside.n_events} events to come"
    for what, none in (("wire", 0), ("latch", 0), ("masked", 0), ("service", -1)):
        values = run.machine.array(f"state.{what}").tolist()
        for irq, value in enumerate(values[: len(run.system.irqs)]):
            if value != none:
                yield f"{run.system.irqs[irq].name} is {what}: {value}"
    for number, device in enumerate(run.system.devices):
        if machine.state.dev_count[number]:
            yield f"{device.name}: {machine.state.dev_count[number]} in its ring"
