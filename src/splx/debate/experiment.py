"""What an experiment is: a claim, an ordinary scenario, what is varied, who is compared, and the rule by which what
comes out gives a verdict.

There are three kinds, by what they look at: runs (`sweep`), every interleaving (`search`), or the code of a kernel
(`count`). All of them come to numbers for each side at each value of what is varied.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from splx.base.units import UNITS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from splx.base.units import Ps
    from splx.debate.verdict import Rule
    from splx.simulate.setup import Setup

#: What a parameter begins with that is none of the scenario's: figures of the machine, `machine:mask,unmask`.
OF_MACHINE = "machine:"


@dataclass(frozen=True, slots=True)
class Claim:
    """Who said what, where. `number` as in C3, or C6a for the first of several experiments."""

    number: str
    who: str
    says: str
    source: str


@dataclass(frozen=True, slots=True)
class Axis:
    """What is varied: a parameter of the scenario, what it is called, its unit, and its values, rising. Where the unit
    is one of time, the parameter is a time. Values that are no numbers have `names`: see `named`.
    """

    parameter: str
    name: str
    unit: str
    values: tuple[float, ...]
    names: tuple[str, ...] = ()

    @classmethod
    def named(cls, parameter: str, name: str, *names: str) -> Axis:
        """Of things that are no numbers, in an order of the experiment's."""
        return cls(parameter, name, "", tuple(map(float, range(len(names)))), names)

    def said(self, low: float | None, high: float | None) -> str:
        """A stretch of it in words."""
        if low is None or high is None:
            word, edge = ("below", high) if low is None else ("above", low)
            return f"{self.name} {word} {self.text(edge or 0)}"
        return f"{self.name} from {self.text(low)} to {self.text(high)}"

    def text(self, value: float) -> str:
        """A value with its unit."""
        if self.names:
            return self.names[int(value)]
        return f"{value:,.3g} {self.unit}".strip() if value < 1000 else f"{value:,.0f} {self.unit}".strip()

    def range(self) -> str:
        """All of it in words."""
        return ", ".join(self.names) or f"{self.text(self.values[0])} to {self.text(self.values[-1])}"

    def setting(self, value: float) -> str:
        """A value as it is set on the command line."""
        if self.names:
            return self.names[int(value)]
        number = f"{value:.0f}" if value == int(value) else repr(value)
        return number + (self.unit if self.unit in UNITS else "")


@dataclass(frozen=True, slots=True)
class Side:
    """One of those that are compared: a label, a design, perhaps with options, settings of the scenario that only it
    has, and guards that its kernel is without.
    """

    label: str
    design: str
    settings: tuple[tuple[str, str], ...] = ()
    mutants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Measure:
    """A number that is taken off what comes out: what it is, its unit, and how it is taken."""

    what: str
    unit: str
    of: Callable[[Any], float]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a search came to. `found` is None if it was given up; `cost` and `moves` are of the story, which is drawn
    in `story`; `waits` says who waits for whom at its end.
    """

    found: bool | None
    states: int
    code: str = ""
    why: str = ""
    cost: int = 0
    moves: int = 0
    story: str = ""
    waits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Point:
    """One side at one value: the measures, seed by seed, and what a search saw."""

    values: Sequence[tuple[float, ...]]
    seen: Seen | None = None


@dataclass(frozen=True, kw_only=True)
class Experiment(ABC):
    """See the module. `why` says what it shows and what it leaves open. There are `least` to `most` runs at each point,
    one for each seed.
    """

    kind: ClassVar[str]
    claim: Claim
    scenario: str
    axis: Axis
    sides: tuple[Side, ...]
    rule: Rule
    why: str
    cpus: int = 0
    least: int = 1
    most: int = 1

    @property
    @abstractmethod
    def measures(self) -> tuple[Measure, ...]:
        """What is taken off at each point."""

    @abstractmethod
    def point(self, side: Side, value: float, machine: str, seeds: Sequence[int]) -> Point:
        """Look."""

    @abstractmethod
    def command(self, side: Side, machine: str) -> str:
        """The command line that shows a reader what was looked at."""

    def setup(self, side: Side, value: float, machine: str, seed: int = 1, time: Ps = UNITS["s"]) -> Setup:
        """What is built, and run if it is."""
        from splx.simulate.setup import Setup  # noqa: PLC0415 - heavy

        settings, setting = side.settings, self.axis.setting(value)
        if self.axis.parameter.startswith(OF_MACHINE):
            figures = self.axis.parameter.removeprefix(OF_MACHINE).split(",")
            machine += ("," if ":" in machine else ":") + ",".join(f"{each}={setting}" for each in figures)
        elif self.axis.parameter:
            settings = (*settings, (self.axis.parameter, setting))
        return Setup(
            self.scenario, design=side.design, machine=machine, cpus=self.cpus, time=time, seed=seed,
            settings=settings, mutants=side.mutants,
        )  # fmt: skip
