"""Experiments that look at every interleaving: what can happen at all, however seldom, and the shortest way there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from splx.debate.experiment import Experiment, Measure, Point, Seen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from splx.check.verdict import Verdict
    from splx.debate.experiment import Side

ROOM = "1GB"  # for one search: as many run at once as there are CPUs


@dataclass(frozen=True, kw_only=True)
class Search(Experiment):
    """See the module. `properties` are what is looked for, `told` is the side whose story is told, where that is not
    the shortest of all. It is given up after so many `states`: no experiment comes near that.
    """

    kind: ClassVar[str] = "searches"
    properties: tuple[str, ...]
    told: str = ""
    states: int = 2_000_000

    @property
    def measures(self) -> tuple[Measure, ...]:
        """How many states there are; up to the finding, if that ended the search."""
        return (Measure("states looked at", "", lambda seen: seen.states),)

    def point(self, side: Side, value: float, machine: str, seeds: Sequence[int]) -> Point:
        """The answer of one search."""
        from splx.check.limits import limits_for  # noqa: PLC0415 - heavy
        from splx.check.loading import bounds_for  # noqa: PLC0415
        from splx.check.verdict import check  # noqa: PLC0415

        system = self.setup(side, value, machine).system()
        verdict = check(system, bounds_for(states=self.states), only=self.properties, limits=limits_for(ROOM))
        seen = _seen(verdict)
        return Point([tuple(each.of(seen) for each in self.measures)], seen)

    def command(self, side: Side, machine: str) -> str:
        """The search at the first value."""
        setup = self.setup(side, self.axis.values[0], machine)
        words = ["splx", "check", setup.scenario, "--design", setup.design, "--machine", machine]
        words += [word for name, value in setup.settings for word in ("--set", f"{name}={value}")]
        words += [word for name in setup.mutants for word in ("--mutant", name)]
        return " ".join([*words, *(word for name in self.properties for word in ("--property", name))])


def _seen(verdict: Verdict) -> Seen:
    from splx.check.story import story_of  # noqa: PLC0415 - heavy

    found, states = verdict.finding, verdict.counts.states
    if found is None:
        return Seen(found=False if verdict.holds else None, states=states)
    return Seen(
        found=True, states=states, code=found.code, why=found.why, cost=found.cost, moves=len(found.moves),
        story=story_of(verdict), waits=tuple(map(str, found.graph.waits)),
    )  # fmt: skip
