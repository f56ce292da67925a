"""C17b: in which order what was held is run."""

from __future__ import annotations

from splx.base.units import UNITS
from splx.debate.experiment import Axis, Claim, Side
from splx.debate.measures import to_start
from splx.debate.rules import less
from splx.debate.sweep import Sweep

BY_LEVEL, REVERSED = "highest level first", "lowest first"

EXPERIMENT = Sweep(
    claim=Claim(
        "C17b",
        "NetBSD",
        "interrupts that came too early are run highest level first. Tested: the most urgent device waits less long "
        "for that",
        "NetBSD, sys/arch/amd64/amd64/spl.S",
    ),
    scenario="debate/c17b",
    axis=Axis("hold", "length of a section that keeps all out", "us", (1, 4, 16, 64, 256)),
    sides=(
        Side(BY_LEVEL, "netbsd-5"),
        Side(REVERSED, "netbsd-5", mutants=("m10",)),
    ),
    measure=to_start("mean latency of the sound card", "eap0", "mean"),
    rule=less(BY_LEVEL, REVERSED),
    why="A section is a tenth of the time, however long each is. The longer, the more often a disk and a network card "
    "have come as well when it ends. Lowest first is a mistake in more than time: a handler that waits for the big "
    "lock then stands before an interrupt for which the owner of that lock waits.",
    second=to_start("99.9 % latency of the sound card", "eap0", "0.999"),
    time=100 * UNITS["ms"],
)
