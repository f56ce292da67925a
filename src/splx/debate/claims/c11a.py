"""C11a: when it is noticed that an interrupt thread may sleep."""

from __future__ import annotations

from splx.base.units import UNITS
from splx.debate.experiment import Axis, Claim, Side
from splx.debate.rules import far_less
from splx.debate.sweep import ENDED, NOTICED, Sweep

EVERY, ASLEEP = "asserted on every call", "asserted when it sleeps"
NEVER, ELSEWHERE = "never", "never, and the disk is on another CPU"

EXPERIMENT = Sweep(
    claim=Claim(
        "C11a",
        "Doran",
        "an interrupt thread that asks for memory and may wait for it should trip an assertion. Tested: on every call, "
        "that finds the mistake ten times sooner than anything else does",
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
    second=NOTICED,
    rule=far_less(10, EVERY, ASLEEP, NEVER),
    why="A card's handler takes a buffer for each packet, and says that it may wait. A disk gives them back, by an "
    "interrupt of a lower level. Asserted on every call, the mistake is found with the first packet; asserted when "
    "it sleeps, on the day when the stock is empty. Without any assertion the thread waits for ever on that day, as "
    "Laight said, and a watchdog notices that within 10 ms more; but if the disk interrupts another CPU, it works, "
    "as he said too. A run ends when the mistake is noticed, or after 100 ms, which then counts as the time; the "
    "second table says in how many of the runs it was noticed at all. A mistake on a path that no test runs is found "
    "by none of them: C11b.",
    time=100 * UNITS["ms"],
    least=8,
    most=24,
)
