"""C11a: when it is noticed that an interrupt thread may sleep."""

from __future__ import annotations

from splx.base.units import UNITS
from splx.debate.experiment import Axis, Claim, Side
from splx.debate.rules import less
from splx.debate.sweep import ENDED, Sweep

EVERY, ASLEEP = "asserted on every call", "asserted when it sleeps"
NEVER, ELSEWHERE = "never", "never, and the disk is on another CPU"

EXPERIMENT = Sweep(
    claim=Claim(
        "C11a",
        "Doran",
        "an interrupt thread that asks for memory and may wait for it should trip an assertion. Tested: on every call, "
        "that finds the mistake long before anything else does",
        "tech-smp, 1 December 2006",
    ),
    scenario="debate/c11a",
    axis=Axis("stock", "buffers in stock", "", (1, 2, 4, 8, 16)),
    sides=(
        Side(EVERY, "doran-2006"),
        Side(ASLEEP, "doran-2006:sleeping=asleep"),
        Side(NEVER, "doran-2006:sleeping=never"),
        Side(ELSEWHERE, "doran-2006:sleeping=never", (("disk", "1"),)),
    ),
    measure=ENDED,
    rule=less(EVERY, ASLEEP, NEVER),
    why="A card's handler takes a buffer for each packet, and says that it may wait. A disk gives them back, by an "
    "interrupt of a lower level. Without any assertion the thread waits for ever on the day when the stock is empty, "
    "as Laight said, and a watchdog notices that within 10 ms more; but if the disk interrupts another CPU, it works, "
    "as he said too. A run ends when the mistake is noticed, or after 100 ms.",
    time=100 * UNITS["ms"],
)
