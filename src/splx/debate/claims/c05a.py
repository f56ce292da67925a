"""C5a: deferred levels are cheaper than eager ones, as long as few interrupts come too early."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splx.debate.experiment import Axis, Claim, Measure, Side
from splx.debate.rules import less
from splx.debate.sweep import Sweep

if TYPE_CHECKING:
    from splx.simulate.result import Result


def overhead(result: Result) -> float:
    """Time, in ns, that the kernel took for each section, interrupts that came included."""
    spent = sum(result.share(each) for each in ("level", "line", "intr"))
    return spent * result.elapsed * len(result.cpus) / 1000 / max(1, result.statistics["sections"])


SIDES = (
    Side("eager", "netbsd-2006:line=level"),
    Side("log", "netbsd-2006-deferred:line=level"),
    Side("threshold", "netbsd-2006-deferred:line=level,family=threshold"),
    Side("stop", "netbsd-2006-deferred:line=level,family=stop"),
)
LINES_AND_LEVELS = Measure("levels, line and interrupt entry, for each section", "ns", overhead)

EXPERIMENT = Sweep(
    claim=Claim(
        "C5a",
        "Laight",
        "deferred SPL is worth having on every machine: do not touch the hardware, mask what comes too early",
        "tech-smp, 2 December 2006",
    ),
    scenario="debate/c05",
    axis=Axis("rate", "interrupts a second", "/s", (500, 2_000, 8_000, 20_000, 50_000)),
    sides=SIDES,
    measure=LINES_AND_LEVELS,
    rule=less("log", "eager"),
    why="A thread is at a raised level for half of its time; a card interrupts meanwhile. Eager, each section "
    "writes to "
    "the hardware twice, and the level keeps the line away. Deferred, a section that is hit takes a trap; x86's"
    " kernel, "
    "`log`, masks the line and opens it again, `threshold` and `stop` write the level to the hardware only "
    "then. What a "
    "write, a trap and an access to the controller cost is the machine's.",
)
