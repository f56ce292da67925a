"""C7: moving work out of interrupt context."""

from __future__ import annotations

from splx.base.units import UNITS
from splx.debate.experiment import Axis, Claim, Measure, Side
from splx.debate.measures import late
from splx.debate.rules import less
from splx.debate.sweep import Sweep

EXPERIMENT = Sweep(
    claim=Claim(
        "C7",
        "Doran",
        "too much is done in interrupt context. Tested: work left to a soft interrupt keeps other devices "
        "waiting for less time",
        "tech-smp, 1 December 2006",
    ),
    scenario="debate/c07",
    axis=Axis("rate", "packets a second", "/s", (2_000, 10_000, 40_000, 80_000, 160_000)),
    sides=(
        Side("in the handler", "netbsd-5", (("where", "handler"),)),
        Side("in a soft interrupt", "netbsd-5", (("where", "softint"),)),
        Side("in a thread", "netbsd-5", (("where", "thread"),)),
    ),
    measure=late("interrupts of a disk that are not finished with within 50 us", "sd0"),
    rule=less("in a soft interrupt", "in the handler"),
    why="Each packet takes 10 us of work, done in one of three places. In NetBSD 5 disk and card have one hard "
    "level, so the disk waits for the card's handler, and for nothing that is left to a soft interrupt. Laight's "
    "answer is in the second table: the cycles must be spent anyway, and what is left for later can be dropped "
    "later. Beyond some 100,000 packets a second there is more work than the CPU can do, and each packet that is "
    "accepted and dropped costs time that no other gets: receive livelock.",
    second=Measure(
        "packets that were worked on, a second",
        "/s",
        lambda result: result.statistics["worked"] / result.elapsed * 10**12,
    ),
    time=20 * UNITS["ms"],
)
