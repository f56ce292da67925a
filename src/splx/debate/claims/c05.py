"""C5: deferred levels are cheaper than eager ones, everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splx.debate.experiment import Axis, Claim, Side, Sweep
from splx.debate.verdict import less

if TYPE_CHECKING:
    from splx.simulate.result import Result


def overhead(result: Result) -> float:
    """Time, in ns, that the kernel took for each section, interrupts that came included."""
    spent = sum(result.share(each) for each in ("level", "line", "intr"))
    return spent * result.elapsed * len(result.cpus) / 1000 / max(1, result.statistics["sections"])


EXPERIMENT = Sweep(
    claim=Claim(
        "C5",
        "Laight",
        "deferred SPL is worth having on every machine: do not touch the hardware, mask what comes too early",
        "tech-smp, 2 December 2006",
    ),
    scenario="debate/c05",
    axis=Axis("rate", "interrupts a second", "/s", (1_000, 5_000, 20_000, 60_000, 150_000)),
    sides=(Side("deferred", "netbsd-2006-deferred"), Side("eager", "netbsd-2006")),
    what="levels, line and interrupt entry, for each section",
    unit="ns",
    measure=overhead,
    rule=less("deferred", "eager"),
    why="A thread is at a raised level for a microsecond in five; a card interrupts meanwhile. Eager, each section "
    "writes to the hardware twice. Deferred, a section that is hit takes a trap, and the line is masked and opened "
    "again. What a write, a trap and an access to the controller cost is the machine's.",
)
