"""Running an experiment until its verdict is decided, on all our CPUs.

All points get as many seeds as an experiment asks for at least. Where the seeds do not tell whether the claim is true,
all sides get as many more, as long as the experiment allows it; so the numbers are looked at several times, and the
confidence is that of all looks together. What was measured does not depend on how many processes measured it.
"""

from __future__ import annotations

import os
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from splx.base.workers import DeafContext
from splx.debate.search import Search
from splx.debate.verdict import Curve, Evidence, Ruling

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from splx.base.student import Spread
    from splx.debate.experiment import Experiment, Point, Seen

    Progress = Callable[[int, int, str], None]
    Seens = Mapping[str, Mapping[float, Seen]]

FORMAT = "splx debate 2"


@dataclass(frozen=True)
class Settled:
    """What came out: the curves by side of each measure, by side and value what searches saw, and the ruling. `seeds`
    is how many runs there were at a point, at most.
    """

    experiment: Experiment
    machine: str
    curves: tuple[Mapping[str, Curve], ...]
    ruling: Ruling
    seeds: int
    seen: Seens = field(default_factory=dict)

    def at(self, label: str, x: float, measure: int = 0) -> Spread:
        """A point."""
        return self.curves[measure][label].at(x)

    @property
    def fewest(self) -> int:
        """How many runs there were at a point, at least."""
        return min(len(values) for curve in self.curves[0].values() for values in curve.values.values())

    def commands(self) -> list[str]:
        """The command lines by which a reader sees it."""
        return [self.experiment.command(side, self.machine) for side in self.experiment.sides]

    def told(self) -> tuple[str, float, Seen] | None:
        """Of what searches found, that with the shortest story, or the shortest of the side that the experiment names:
        whose it is, and at which value.
        """
        label = self.experiment.told if isinstance(self.experiment, Search) else ""
        found = [(side, x, seen) for side, of_side in self.seen.items() for x, seen in of_side.items() if seen.found]
        among = [each for each in found if label in ("", each[0])]
        return min(among, key=lambda it: (it[2].cost, it[2].moves), default=None)

    def to_json(self) -> dict[str, Any]:
        """All of it, for `json.dumps`."""
        of = self.experiment
        axis = of.axis
        data = {
            "format": FORMAT,
            "claim": {name: getattr(of.claim, name) for name in ("number", "who", "says", "source")},
            "kind": of.kind,
            "machine": self.machine,
            "scenario": of.scenario,
            "varied": {"parameter": axis.parameter, "name": axis.name, "unit": axis.unit, "names": list(axis.names)},
            "seeds": self.seeds,
            "measured": [
                {
                    "what": measure.what,
                    "unit": measure.unit,
                    "points": [
                        {"value": x, "sides": {label: list(curve.values[x]) for label, curve in curves.items()}}
                        for x in axis.values
                    ],
                }
                for measure, curves in zip(of.measures, self.curves, strict=True)
            ],
            "verdict": self.ruling.verdict.value,
            "when": self.ruling.when,
            "breaks": list(self.ruling.breaks),
            "untold": self.ruling.untold,
            "notes": list(self.ruling.notes),
            "rule": of.rule.says,
            "commands": self.commands(),
        }
        seen = [
            {"value": x, "side": label, **asdict(each)}
            for label, of_side in self.seen.items()
            for x, each in of_side.items()
        ]
        return data | ({"seen": seen} if seen else {})


def settle(
    experiment: Experiment,
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
            return _settle(experiment, machine, own, progress)
    return _settle(experiment, machine, pool, progress)


def _settle(of: Experiment, machine: str, pool: Executor | None, progress: Progress | None) -> Settled:
    values: dict[tuple[str, float], list[tuple[float, ...]]] = {}
    seen: dict[str, dict[float, Seen]] = {}
    points = [(side, x) for x in of.axis.values for side in of.sides]
    seeds = range(1, of.least + 1)
    while True:
        tasks = [(of.claim.number, side.label, x, machine, tuple(seeds)) for side, x in points]
        measured: Iterable[Point] = pool.map(_measured, tasks) if pool else map(_measured, tasks)
        for n, ((side, x), found) in enumerate(zip(points, measured, strict=True), 1):
            values.setdefault((side.label, x), []).extend(found.values)
            if found.seen is not None:
                seen.setdefault(side.label, {})[x] = found.seen
            if progress is not None:
                progress(n, len(points), f"{of.claim.number}: {side.label} at {of.axis.text(x)}")
        done = seeds.stop - 1
        curves = tuple(_curves(of, values, number) for number in range(len(of.measures)))
        found_by = {label: {x: each.found for x, each in of_side.items()} for label, of_side in seen.items()}
        evidence = _evidence(curves, found_by)
        more = of.rule.undecided(evidence, of.axis)
        if done >= of.most or not more:
            return Settled(of, machine, curves, of.rule.judge(evidence, of.axis), done, seen)
        points = [(side, x) for side, x in points if x in more]
        seeds = range(done + 1, min(done + of.least, of.most) + 1)


def _evidence(curves: tuple[Mapping[str, Curve], ...], found: Mapping[str, Mapping[float, bool | None]]) -> Evidence:
    """What the rule sees of it."""
    return Evidence(curves[0], curves[1] if len(curves) > 1 else {}, found, curves[2:])


def _curves(
    of: Experiment, values: Mapping[tuple[str, float], list[tuple[float, ...]]], number: int
) -> dict[str, Curve]:
    """The curves of one of the measures."""
    exact, looks = of.most == 1, -(-of.most // of.least)
    return {
        side.label: Curve(
            {x: tuple(each[number] for each in values[side.label, x]) for x in of.axis.values}, exact, looks
        )
        for side in of.sides
    }


def workers(jobs: int | None = None) -> AbstractContextManager[Executor | None]:
    """Processes to measure in: `jobs`, or one for each of our CPUs; None, which means this one, if that is one."""
    count = jobs or os.cpu_count() or 1
    if count == 1:
        return nullcontext()
    return ProcessPoolExecutor(count, mp_context=DeafContext())


def _measured(task: tuple[str, str, float, str, tuple[int, ...]]) -> Point:
    """One side at one value, under some seeds."""
    from splx.debate.claims import claims  # noqa: PLC0415 - in a worker

    number, label, x, machine, seeds = task
    experiment = claims()[number]
    side = next(each for each in experiment.sides if each.label == label)
    return experiment.point(side, x, machine, seeds)
