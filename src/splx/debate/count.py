"""Experiments that look at the code of a kernel: what its operations are made of, where nothing stands in their way.

Instructions are those of the machine here, one of which may be none or several of a real CPU's. Tests and memory
references are the same on paper and here; see `splx.program.counts` for which path is counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, ClassVar

from splx.debate.experiment import Axis, Experiment, Measure, Point, Side

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from splx.machine.models import CostModel
    from splx.program.counts import Counts
    from splx.program.image import Image
    from splx.simulate.setup import Setup

#: What is counted, in the order of the axis.
KINDS = ("instructions", "tests", "memory references", "shared lines", "locked operations", "hardware accesses", "ns")


def counted(*kinds: str) -> Axis:
    """What is counted, as an axis: some of `KINDS`."""
    return Axis.named("", "what is counted", *kinds)


@dataclass(frozen=True, slots=True)
class Path(Side):
    """A side of a count: functions of the kernel, one after the other. `assume` decides tests by their text."""

    functions: tuple[str, ...] = ()
    assume: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Count(Experiment):
    """See the module. `what` says what was counted of."""

    kind: ClassVar[str] = "counts"
    what: str

    @property
    def measures(self) -> tuple[Measure, ...]:
        """The count of one kind."""
        return (Measure(self.what, "", lambda count: count),)

    def point(self, side: Side, value: float, machine: str, seeds: Sequence[int]) -> Point:
        """The counts of all functions together."""
        assert isinstance(side, Path)
        setup, kind = self.setup(side, 0, machine), self.axis.text(value)
        return Point([(sum(_counted(setup, name, side.assume)[kind] for name in side.functions),)])

    def command(self, side: Side, machine: str) -> str:
        """The code of the first of its functions."""
        assert isinstance(side, Path)
        words = [self.scenario, side.functions[0], "--design", side.design, "--machine", machine]
        words += [word for name, value in side.settings for word in ("--set", f"{name}={value}")]
        return " ".join(["splx", "list", *words])


@cache
def _counted(setup: Setup, function: str, assume: tuple[tuple[str, bool], ...]) -> Mapping[str, float]:
    """The counts of a function, by kind."""
    from splx.kernel.interface.lines import Softint  # noqa: PLC0415 - heavy
    from splx.kernel.interface.lwp import Lwp  # noqa: PLC0415
    from splx.program.counts import fast_path_counts  # noqa: PLC0415

    model = setup.model()
    image = setup.system(model, also=function).image
    met = {text: told for text, told in assume if _tests(image, function, text)}
    return _tally(fast_path_counts(image, function, met, own=(Lwp, Softint)), image, model)


def _tests(image: Image, function: str, text: str) -> bool:
    """Whether the path of a function has a test of that text."""
    from splx.program.counts import fast_path_counts  # noqa: PLC0415 - heavy

    try:
        fast_path_counts(image, function, {text: True})
    except LookupError as error:
        return "does not test" not in str(error)
    return True


def _tally(counts: Counts, image: Image, model: CostModel) -> dict[str, float]:
    """Counts by kind."""
    from splx.program.listing import cost_of  # noqa: PLC0415 - heavy

    private = counts.reads + counts.writes + counts.plain_rmw
    return {
        "instructions": counts.instructions,
        "tests": counts.branches + counts.selects,
        "memory references": private + counts.shared_reads + counts.shared_writes + counts.locked,
        "shared lines": counts.shared_lines,
        "locked operations": counts.locked,
        "hardware accesses": counts.hardware,
        "ns": sum(model.bake(cost_of(image.insns[pc])) for pc in counts.path) / 1000,
    }
