"""Running an experiment until its verdict is decided, on all our CPUs.

All points get as many seeds as an experiment asks for at least. As long as the seeds do not tell at some point whether
the claim is true there, and the experiment allows more, every point gets more. What was measured does not depend on how
many processes measured it.
"""

from __future__ import annotations

import os
import signal
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

from splx.debate.verdict import Curve, Evidence, Ruling

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from splx.base.student import Spread
    from splx.debate.experiment import Sweep

    Progress = Callable[[int, int, str], None]

FORMAT = "splx debate 1"


@dataclass(frozen=True)
class Settled:
    """What came out: the curves by side of each measure, and the ruling. `seeds` is how many runs there were at each
    point.
    """

    sweep: Sweep
    machine: str
    curves: tuple[Mapping[str, Curve], ...]
    ruling: Ruling
    seeds: int

    def at(self, label: str, x: float, measure: int = 0) -> Spread:
        """A point."""
        return self.curves[measure][label].at(x)

    def commands(self) -> list[str]:
        """The command lines of the runs at the last value under the first seed."""
        last = self.sweep.axis.values[-1]
        setups = [self.sweep.setup(side, last, self.machine, 1) for side in self.sweep.sides]
        return [" ".join(["splx", "run", *each.arguments()]) for each in setups]

    def to_json(self) -> dict[str, Any]:
        """All of it, for `json.dumps`."""
        sweep = self.sweep
        claim = {name: getattr(sweep.claim, name) for name in ("number", "who", "says", "source")}
        return {
            "format": FORMAT,
            "claim": claim,
            "machine": self.machine,
            "scenario": sweep.scenario,
            "varied": {"parameter": sweep.axis.parameter, "name": sweep.axis.name, "unit": sweep.axis.unit},
            "seeds": self.seeds,
            "measured": [
                {
                    "what": measure.what,
                    "unit": measure.unit,
                    "points": [
                        {"value": x, "sides": {label: list(curve.values[x]) for label, curve in curves.items()}}
                        for x in sweep.axis.values
                    ],
                }
                for measure, curves in zip(sweep.measures, self.curves, strict=True)
            ],
            "verdict": self.ruling.verdict.value,
            "when": self.ruling.when,
            "breaks": list(self.ruling.breaks),
            "untold": self.ruling.untold,
            "rule": sweep.rule.says,
            "commands": self.commands(),
        }


def settle(
    sweep: Sweep,
    machine: str,
    *,
    jobs: int | None = None,
    pool: Executor | None = None,
    progress: Progress | None = None,
) -> Settled:
    """Run the experiment on a cost model, in the processes of `pool` or in `jobs` of its own. `progress` is told
    (points measured, points so far known of, what).

    Findings, or SplxError, if a run ends in one.
    """
    if pool is None:
        with workers(jobs) as own:
            return _settle(sweep, machine, own, progress)
    return _settle(sweep, machine, pool, progress)


def _settle(sweep: Sweep, machine: str, pool: Executor | None, progress: Progress | None) -> Settled:
    values: dict[tuple[str, float], list[tuple[float, ...]]] = {}
    points = [(side, x) for x in sweep.axis.values for side in sweep.sides]
    seeds = range(1, sweep.least + 1)
    while True:
        tasks = [(sweep.claim.number, side.label, x, machine, tuple(seeds)) for side, x in points]
        measured: Iterable[list[tuple[float, ...]]] = pool.map(_measured, tasks) if pool else map(_measured, tasks)
        for n, ((side, x), found) in enumerate(zip(points, measured, strict=True), 1):
            values.setdefault((side.label, x), []).extend(found)
            if progress is not None:
                progress(n, len(points), f"{sweep.claim.number}: {side.label} at {sweep.axis.text(x)}")
        done = seeds.stop - 1
        curves = tuple(_curves(sweep, values, number) for number in range(len(sweep.measures)))
        evidence = Evidence(*curves)
        if done >= sweep.most or sweep.rule.decided(evidence, sweep.axis):
            ruling = sweep.rule.judge(evidence, sweep.axis)
            return Settled(sweep, machine, curves, ruling, done)
        seeds = range(done + 1, min(done + sweep.least, sweep.most) + 1)


def _curves(sweep: Sweep, values: Mapping[tuple[str, float], list[tuple[float, ...]]], number: int) -> dict[str, Curve]:
    """The curves of one of the measures."""
    return {
        side.label: Curve({x: tuple(each[number] for each in values[side.label, x]) for x in sweep.axis.values})
        for side in sweep.sides
    }


def workers(jobs: int | None = None) -> AbstractContextManager[Executor | None]:
    """Processes to measure in: `jobs`, or one for each of our CPUs; None, which means this one, if that is one."""
    count = jobs or os.cpu_count() or 1
    if count == 1:
        return nullcontext()
    return ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_quiet)


def _quiet() -> None:
    """Ctrl-C is for the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _measured(task: tuple[str, str, float, str, tuple[int, ...]]) -> list[tuple[float, ...]]:
    """One side at one value under some seeds: the system is built once."""
    from splx.debate.claims import claims  # noqa: PLC0415 - in a worker
    from splx.simulate.run import simulate  # noqa: PLC0415 - heavy

    number, label, x, machine, seeds = task
    sweep = claims()[number]
    side = next(each for each in sweep.sides if each.label == label)
    setup = sweep.setup(side, x, machine, seeds[0])
    model = setup.model()
    system = setup.system(model)
    results = (simulate(system, model, time=sweep.time, seed=seed) for seed in seeds)
    return [tuple(measure.of(result) for measure in sweep.measures) for result in results]
