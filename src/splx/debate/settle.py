"""Running an experiment until its verdict is decided, on all our CPUs.

All points get as many seeds as an experiment asks for at least. As long as the seeds do not tell on some point which
side is the smaller, and the experiment allows more, every point gets more. What was measured does not depend on how
many processes measured it.
"""

from __future__ import annotations

import os
import signal
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import combinations
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

from splx.debate.verdict import Curve, Ruling, sign

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from splx.base.student import Spread
    from splx.debate.experiment import Side, Sweep

    Progress = Callable[[int, int, str], None]

FORMAT = "splx debate 1"


@dataclass(frozen=True)
class Settled:
    """What came out: the curves by side, and the ruling. `seeds` is how many runs there were at each point."""

    sweep: Sweep
    machine: str
    curves: Mapping[str, Curve]
    ruling: Ruling
    seeds: int

    def at(self, label: str, x: float) -> Spread:
        """A point."""
        return self.curves[label].at(x)

    def commands(self) -> list[str]:
        """The command lines of its runs at the first and the last value under the first seed."""
        ends = (self.sweep.axis.values[0], self.sweep.axis.values[-1])
        setups = [self.sweep.setup(side, x, self.machine, 1) for side in self.sweep.sides for x in ends]
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
            "measured": {"what": sweep.what, "unit": sweep.unit},
            "seeds": self.seeds,
            "points": [
                {"value": x, "sides": {label: list(curve.values[x]) for label, curve in self.curves.items()}}
                for x in sweep.axis.values
            ],
            "verdict": self.ruling.verdict.value,
            "when": self.ruling.when,
            "breaks": list(self.ruling.breaks),
            "rule": sweep.rule.__doc__,
            "commands": self.commands(),
        }


def settle(sweep: Sweep, machine: str, *, jobs: int | None = None, progress: Progress | None = None) -> Settled:
    """Run the experiment on a cost model. `progress` is told (points measured, points so far known of, what).

    Findings, or SplxError, if a run ends in one.
    """
    values: dict[tuple[str, float], list[float]] = {}
    workers = jobs or os.cpu_count() or 1
    seeds = range(1, sweep.least + 1)
    with _pool(workers) as pool:
        while True:
            points = [(side, x) for x in sweep.axis.values for side in sweep.sides]
            tasks = [(sweep.claim.number, side.label, x, machine, tuple(seeds)) for side, x in points]
            measured: Iterable[list[float]] = pool.map(_measured, tasks) if pool else map(_measured, tasks)
            for n, ((side, x), found) in enumerate(zip(points, measured, strict=True), 1):
                values.setdefault((side.label, x), []).extend(found)
                if progress is not None:
                    progress(n, len(points), f"{sweep.claim.number}: {side.label} at {sweep.axis.text(x)}")
            curves = {side.label: _curve(values, side, sweep) for side in sweep.sides}
            done = seeds.stop - 1
            if done >= sweep.most or _decided(sweep, curves):
                ruling = sweep.rule(curves, sweep.axis.values, sweep.axis.said)
                return Settled(sweep, machine, curves, ruling, done)
            seeds = range(done + 1, min(done + sweep.least, sweep.most) + 1)


def _curve(values: Mapping[tuple[str, float], list[float]], side: Side, sweep: Sweep) -> Curve:
    return Curve({x: tuple(values[side.label, x]) for x in sweep.axis.values})


def _decided(sweep: Sweep, curves: Mapping[str, Curve]) -> bool:
    """Whether the seeds tell at every point which of any two sides is the smaller, or that neither is."""
    pairs = combinations(curves, 2)
    return all(sign(curves, a, b, x) is not None for a, b in pairs for x in sweep.axis.values)


def _pool(workers: int) -> Any:  # noqa: ANN401 - a pool, or nothing, as a context
    if workers == 1:
        return nullcontext()
    return ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_quiet)


def _quiet() -> None:
    """Ctrl-C is for the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _measured(task: tuple[str, str, float, str, tuple[int, ...]]) -> list[float]:
    """One side at one value under some seeds: the system is built once."""
    from splx.debate.claims import claims  # noqa: PLC0415 - in a worker
    from splx.simulate.run import simulate  # noqa: PLC0415 - heavy

    number, label, x, machine, seeds = task
    sweep = claims()[number]
    side = next(each for each in sweep.sides if each.label == label)
    setup = sweep.setup(side, x, machine, seeds[0])
    model = setup.model()
    system = setup.system(model)
    return [sweep.measure(simulate(system, model, time=sweep.time, seed=seed)) for seed in seeds]
