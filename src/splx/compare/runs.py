"""Running a comparison: designs times seeds, on all our CPUs when that pays.

The first run happens here and tells how long one takes. If the rest would take more than a moment they go to worker
processes, which find the compiled engine in the cache. Results do not depend on who ran them.
"""

from __future__ import annotations

import os
import signal
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING, Any

from splx.base.diagnostics import Diagnostic, Findings, SplxError
from splx.base.workers import DeafContext
from splx.compare import codes
from splx.compare.comparison import Comparison
from splx.simulate.engine import interruptible
from splx.simulate.result import Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from splx.simulate.engine import Notice, Stop
    from splx.simulate.setup import Setup

    Progress = Callable[[int, int, str], None]

WORTHWHILE = 2.0  # seconds of ours that a worker must save
PARTS = 1000  # of one run, for progress


@dataclass(frozen=True, slots=True)
class _Unit:
    """One run of a comparison."""

    design: str
    seed: int
    setup: Setup


def compare(
    setup: Setup,
    designs: Sequence[str],
    seeds: Sequence[int],
    *,
    jobs: int | None = None,
    progress: Progress | None = None,
    notice: Notice | None = None,
) -> Comparison:
    """Run every design under every seed. `setup` says the rest; its options go to those designs that have them.

    `jobs` is how many processes may run at once (None: as many as pay). `progress` is told (done, all, what) in parts
    of a run, a thousand each. A design whose run ends in a finding is left out and the finding kept, and so is one that
    cannot honour a call of the scenario, and why. Ctrl-C ends with the runs that are done. SplxError for a mistake in
    the scenario, a design or the machine, and if no design can honour the scenario.
    """
    units = _units(setup, designs, seeds)
    results: dict[tuple[str, int], Result] = {}
    findings: dict[str, Diagnostic] = {}
    refused: dict[str, Refusal] = {}
    complete = True
    with interruptible() as stop:
        for unit, outcome in _outcomes(units, jobs, stop, _Told(len(units), progress, notice)):
            if isinstance(outcome, Diagnostic):
                findings.setdefault(unit.design, outcome)
            elif isinstance(outcome, Refusal):
                refused.setdefault(unit.design, outcome)
            else:
                results[unit.design, unit.seed] = outcome
            if progress is not None:
                done = PARTS * (len(results) + len(findings) + len(refused) * len(seeds))
                progress(done, PARTS * len(units), f"{unit.design}, seed {unit.seed}")
        complete = not stop.asked
    kept = {
        (unit.design, unit.seed): results[unit.design, unit.seed]
        for unit in units
        if (unit.design, unit.seed) in results and unit.design not in findings
    }
    if len(refused) == len(designs):
        raise SplxError(*next(iter(refused.values())).why)
    whys = {name: refused[name].why for name in designs if name in refused}
    return Comparison(tuple(designs), tuple(seeds), kept, findings, complete, whys)


def _units(setup: Setup, designs: Sequence[str], seeds: Sequence[int]) -> list[_Unit]:
    """The runs, one design of each first: a mistake in any of them shows at once."""
    if not seeds:
        help_ = "name some: `splx designs` lists them"
        raise SplxError(Diagnostic(codes.NO_DESIGNS, "a comparison of no seed", help=help_))
    setups = setups_of(setup, designs)
    return [_Unit(name, seed, replace(setups[name], seed=seed)) for seed in seeds for name in designs]


def setups_of(setup: Setup, designs: Sequence[str]) -> dict[str, Setup]:
    """A setup for each design, with those of the options that it has. SplxError if there is none, or one twice, or no
    design has an option.
    """
    if not designs or len(set(designs)) < len(designs):
        what = "one design twice" if designs else "no design"
        help_ = "name each once" if designs else "name some: `splx designs` lists them"
        raise SplxError(Diagnostic(codes.NO_DESIGNS, f"a comparison of {what}", help=help_))
    setups = {name: replace(setup, design=name, options=options) for name, options in _options(setup, designs)}
    taken = {name for each in setups.values() for name, _ in each.options}
    lost = [name for name, _ in setup.options if name not in taken]
    if lost:
        message = f"none of these designs has an option `{lost[0]}`"
        raise SplxError(Diagnostic(codes.OPTION, message, help="`splx designs` shows the options of each"))
    return setups


def _options(setup: Setup, designs: Sequence[str]) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    """Each design with those of the options that it has and that do not stand behind its name."""
    from splx.scenario.designs import design  # noqa: PLC0415 - the scenario room is heavy

    for name in designs:
        stated = {each.partition("=")[0].strip().replace("-", "_") for each in name.partition(":")[2].split(",")}
        known = {each.name for each in design(name).options} - stated
        yield name, tuple(each for each in setup.options if each[0] in known)


@dataclass(frozen=True, slots=True)
class Refusal:
    """What of the scenario a design cannot honour."""

    why: tuple[Diagnostic, ...]


Outcome = Result | Diagnostic | Refusal


@dataclass(frozen=True, slots=True)
class _Told:
    """Who is told how far a run is that is made here."""

    units: int
    progress: Progress | None
    notice: Notice | None

    def of(self, unit: _Unit, before: int) -> Callable[[int, int], None] | None:
        """The progress of one run, with `before` others done."""
        tell = self.progress
        if tell is None:
            return None
        what = f"{unit.design}, seed {unit.seed}"
        return lambda done, all_: tell(PARTS * before + PARTS * done // all_, PARTS * self.units, what)


def _outcomes(units: list[_Unit], jobs: int | None, stop: Stop, told: _Told) -> Iterator[tuple[_Unit, Outcome]]:
    left = list(units)
    start = perf_counter()
    while left and not stop.asked:
        unit = left.pop(0)
        outcome = _run(unit, told.of(unit, len(units) - len(left) - 1), told.notice)
        if isinstance(outcome, Result) and not outcome.complete:
            stop.asked = True
            return
        yield unit, outcome
        if isinstance(outcome, Refusal):  # so it does under every seed
            left = [each for each in left if each.design != unit.design]
            units = [each for each in units if each.design != unit.design or each is unit]
        took = (perf_counter() - start) / (len(units) - len(left))
        workers = min(jobs or os.cpu_count() or 1, len(left))
        if workers > 1 and (jobs is not None or took * len(left) > WORTHWHILE * workers):
            yield from _spread_out(left, workers, stop)
            return


def _run(unit: _Unit, progress: Callable[[int, int], None] | None = None, notice: Notice | None = None) -> Outcome:
    from splx.scenario.codes import RESTRICTION  # noqa: PLC0415 - the scenario room is heavy

    try:
        return unit.setup.run(progress=progress, notice=notice)
    except Findings as found:
        return found.diagnostics[0]
    except SplxError as error:
        if {each.code for each in error.diagnostics} == {RESTRICTION}:
            return Refusal(error.diagnostics)
        raise


def _spread_out(units: list[_Unit], workers: int, stop: Stop) -> Iterator[tuple[_Unit, Outcome]]:
    """Run `units` in worker processes; results as they come."""
    pool = ProcessPoolExecutor(workers, mp_context=DeafContext())
    try:
        running: dict[Any, _Unit] = {pool.submit(_run, unit): unit for unit in units}
        while running and not stop.asked:
            done, _ = wait(running, timeout=0.1, return_when=FIRST_COMPLETED)
            for each in done:
                yield running.pop(each), each.result()
    finally:
        processes = list(getattr(pool, "_processes", None) or {})
        pool.shutdown(wait=not stop.asked, cancel_futures=True)
        if stop.asked:
            _end(processes)


def _end(processes: list[int]) -> None:
    for each in processes:
        try:
            os.kill(each, signal.SIGKILL)  # they hear no other
        except ProcessLookupError:
            continue
