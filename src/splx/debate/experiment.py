"""What an experiment is: a claim, an ordinary scenario, what is varied, who is compared, what is measured, and the rule
by which that gives a verdict.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from splx.base.units import UNITS

if TYPE_CHECKING:
    from collections.abc import Callable

    from splx.base.units import Ps
    from splx.debate.verdict import Rule
    from splx.simulate.result import Result
    from splx.simulate.setup import Setup


@dataclass(frozen=True, slots=True)
class Claim:
    """Who said what, where. `number` as in C5."""

    number: str
    who: str
    says: str
    source: str


@dataclass(frozen=True, slots=True)
class Axis:
    """What is varied: a parameter of the scenario, what it is called, its unit, and its values, rising. Where the unit
    is one of time, the parameter is a time.
    """

    parameter: str
    name: str
    unit: str
    values: tuple[float, ...]

    def said(self, low: float | None, high: float | None) -> str:
        """A stretch of it in words."""
        if low is None or high is None:
            word, edge = ("below", high) if low is None else ("above", low)
            return f"{self.name} {word} {self.text(edge or 0)}"
        return f"{self.name} from {self.text(low)} to {self.text(high)}"

    def text(self, value: float) -> str:
        """A value with its unit."""
        return f"{value:,.3g} {self.unit}".strip() if value < 1000 else f"{value:,.0f} {self.unit}".strip()

    def setting(self, value: float) -> str:
        """A value as it is set on the command line."""
        number = f"{value:.0f}" if value == int(value) else repr(value)
        return number + (self.unit if self.unit in UNITS else "")


@dataclass(frozen=True, slots=True)
class Side:
    """One of those that are compared: a label, a design, perhaps with options, and settings of the scenario that only
    it has.
    """

    label: str
    design: str
    settings: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Measure:
    """A number that is taken off a run: what it is, its unit, and how it is taken."""

    what: str
    unit: str
    of: Callable[[Result], float]


@dataclass(frozen=True, slots=True)
class Sweep:
    """See the module. `why` says what the experiment shows and what it leaves open; `second` is what a rule weighs the
    measure against, if it does. Each run lasts `time`; there are `least` to `most` of them at each point, one for each
    seed.
    """

    claim: Claim
    scenario: str
    axis: Axis
    sides: tuple[Side, ...]
    measure: Measure
    rule: Rule
    why: str
    second: Measure | None = None
    time: Ps = 10 * UNITS["ms"]
    cpus: int = 0
    least: int = 3
    most: int = 9

    @property
    def measures(self) -> tuple[Measure, ...]:
        """One or two."""
        return (self.measure,) if self.second is None else (self.measure, self.second)

    def setup(self, side: Side, value: float, machine: str, seed: int) -> Setup:
        """One run."""
        from splx.simulate.setup import Setup  # noqa: PLC0415 - heavy

        settings = (*side.settings, (self.axis.parameter, self.axis.setting(value)))
        return Setup(
            self.scenario, design=side.design, machine=machine, cpus=self.cpus, time=self.time, seed=seed,
            settings=settings,
        )  # fmt: skip
