"""C9a: priority inversion."""

from __future__ import annotations

from splx.base.units import UNITS
from splx.debate.experiment import Axis, Claim, Side
from splx.debate.measures import to_end
from splx.debate.rules import less
from splx.debate.sweep import Sweep

EXPERIMENT = Sweep(
    claim=Claim(
        "C9a",
        "Laight, Doran",
        "threads bring priority inversion, and lending the priority to the owner of a lock takes it away",
        "tech-smp, 1 and 2 December 2006",
    ),
    scenario="debate/c09",
    axis=Axis("hog", "time of the one in between", "us", (10, 50, 200, 400)),
    sides=(
        Side("no lending", "textbook:lock=fifo"),
        Side("lending", "textbook:lock=inherit"),
        Side("ceiling", "textbook:lock=ceiling"),
    ),
    measure=to_end("longest response of the urgent job", "urgent", "1"),
    rule=less("lending", "no lending"),
    why="Three priorities and a lock that the highest and the lowest share, held for 50 us at a time. Without "
    "lending the urgent job waits for the one in between, however long that is; with it, for what is left "
    "of the 50 us.",
    time=50 * UNITS["ms"],
)
