"""One run, from a system to a result."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

from splx.base.diagnostics import Findings
from splx.machine.constants import Status
from splx.machine.models import CostModel
from splx.machine.models import load as load_model
from splx.simulate.conserve import check_books
from splx.simulate.engine import drive, engine_for, interruptible
from splx.simulate.findings import explain
from splx.simulate.result import Result, read_cpus, read_sources, read_statistics
from splx.simulate.stuck import Watcher, deadlock
from splx.simulate.unserved import unserved
from splx.stage.load import Knobs, load, new_log
from splx.stage.sizeclass import sizes_for

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from splx.base.units import Ps
    from splx.lang.buffer import Buffer
    from splx.machine.state import Machine
    from splx.scenario.system import System
    from splx.simulate.engine import Driven, Notice, Progress

    Trace = Callable[[memoryview], None]


def simulate(
    system: System,
    machine: str | Path | CostModel = "x86-2020",
    *,
    time: Ps,
    seed: int = 1,
    ties: int = 0,
    engine: str = "native",
    progress: Progress | None = None,
    notice: Notice | None = None,
    trace: Trace | None = None,
    knobs: Knobs | None = None,
) -> Result:
    """Run `system` on `machine` (a name, a path or a model) for `time` picoseconds.

    `ties` is the order of simultaneous events: 0 as declared, 1 reversed, any other number seeds it. `engine` is
    "native" or "plain". `progress` is called with (simulated, asked) times, `notice` with what there is to wait for,
    `trace` with records of five words, in no particular order; it must copy them. Ctrl-C ends the run with what is
    known so far (`Result.complete` is false).

    Findings (K codes) if the kernel's code broke a rule; SplxError with M codes for a bad model, X0001 for a bug.
    """
    model = machine if isinstance(machine, CostModel) else load_model(machine)
    knobs = knobs or Knobs(seed=seed, ties=ties)
    sizes = sizes_for(system)
    entries = engine_for(engine, sizes, notice)
    log = None if trace is None else new_log(sizes)
    buffer = load(system, model, knobs, sizes, log)

    def drain(count: int) -> None:
        if trace is not None and log is not None:
            trace(memoryview(log)[: count * 5])

    watcher = Watcher(buffer, system)
    start = perf_counter()
    with interruptible() as stop:
        driven = drive(buffer, entries, time, stop, progress, drain, watcher.look)
    if driven.status is Status.FINDING or watcher.deadlock:
        tell = deadlock if watcher.deadlock else explain
        beside = buffer.view().beside
        at = None if watcher.deadlock else beside.cpus[beside.find_cpu].clock
        told = tell(buffer, system, lambda: load(system, model, knobs, sizes), entries, driven.steps)
        raise Findings(told, at=at)
    result = _result(buffer, system, (model.name, knobs, time), driven, watcher.waits, perf_counter() - start)
    check_books(buffer, result)
    return result


def _result(
    buffer: Buffer[Machine],
    system: System,
    asked: tuple[str, Knobs, Ps],
    driven: Driven,
    waits: dict[str, str],
    wall: float,
) -> Result:
    machine, knobs, time = asked
    return Result(
        scenario=system.scenario,
        design=system.design,
        machine=machine,
        seed=knobs.seed,
        ties=knobs.ties,
        asked=time,
        elapsed=driven.until,
        complete=driven.complete,
        cpus=read_cpus(buffer, driven.until),
        sources=read_sources(buffer, system),
        statistics=read_statistics(buffer, system),
        notes=system.notes | waits,
        warnings=(*system.warnings, *unserved(buffer, system, driven.until)),
        wall=wall,
    )
