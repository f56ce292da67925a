"""Experiments that look at runs: the same arrivals and the same work for all sides, seed by seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from splx.base.diagnostics import Findings
from splx.base.units import UNITS
from splx.debate.experiment import Experiment, Measure, Point

if TYPE_CHECKING:
    from collections.abc import Sequence

    from splx.base.units import Ps
    from splx.debate.experiment import Side
    from splx.scenario.system import System
    from splx.simulate.setup import Setup


@dataclass(frozen=True, slots=True)
class End:
    """The end of a run that a rule of the kernel, or of the scenario, may end: when, and whether one did."""

    at: Ps
    noticed: bool


#: The measures of such a run: when it ended, and in how many of the runs a rule ended it.
ENDED = Measure("time until it is noticed", "ms", lambda end: end.at / UNITS["ms"])
NOTICED = Measure("runs in which it is noticed", "%", lambda end: 100 * end.noticed)


@dataclass(frozen=True, kw_only=True)
class Sweep(Experiment):
    """See the module. `second` and `further` are what a rule weighs the measure against, if it does. Each run lasts
    `time`. With `ENDED` for its measure a run may end in a finding, and all its measures are of an `End`; with any
    other it may not.
    """

    kind: ClassVar[str] = "runs"
    measure: Measure
    second: Measure | None = None
    further: tuple[Measure, ...] = ()
    time: Ps = 10 * UNITS["ms"]
    least: int = 3
    most: int = 9

    @property
    def measures(self) -> tuple[Measure, ...]:
        """One at least."""
        return (self.measure, *([self.second] if self.second is not None else []), *self.further)

    def point(self, side: Side, value: float, machine: str, seeds: Sequence[int]) -> Point:
        """The runs of some seeds: the system is built once. Findings, or SplxError, if one ends in one."""
        setup = self.setup(side, value, machine, seeds[0], self.time)
        system = setup.system(setup.model())
        return Point([self._run(setup, system, seed) for seed in seeds])

    def _run(self, setup: Setup, system: System, seed: int) -> tuple[float, ...]:
        from splx.simulate.run import simulate  # noqa: PLC0415 - heavy

        try:
            result = simulate(system, setup.model(), time=self.time, seed=seed)
        except Findings as found:
            if self.measure is not ENDED or found.at is None:
                raise
            return tuple(each.of(End(found.at, noticed=True)) for each in self.measures)
        whole: Any = End(self.time, noticed=False) if self.measure is ENDED else result
        return tuple(each.of(whole) for each in self.measures)

    def command(self, side: Side, machine: str) -> str:
        """The run at the last value under the first seed."""
        return " ".join(["splx", "run", *self.setup(side, self.axis.values[-1], machine, 1, self.time).arguments()])
