"""C10b: how many threads it takes."""

from __future__ import annotations

from splx.debate.experiment import Axis, Claim, Side
from splx.debate.rules import outnumber
from splx.debate.search import Search

THREADS = {f"{n} a level" if n > 1 else "one a level": n for n in (1, 2, 3)}
ABOVE = "one a level, disk above"

EXPERIMENT = Search(
    claim=Claim(
        "C10b",
        "Laight",
        "if handlers may block, the threads run out just when one is needed for the wakeup. Tested: however "
        "many a level has",
        "tech-smp, 2 December 2006",
    ),
    scenario="debate/c10b",
    axis=Axis("blocking", "handlers that may block", "", (1, 2, 3)),
    sides=(
        *(Side(label, f"doran-2006:threads={n}") for label, n in THREADS.items()),
        Side(ABOVE, "doran-2006", (("above", "1"),)),
    ),
    properties=("standstill", "stuck", "exhausted"),
    told=next(iter(THREADS)),
    rule=outnumber(THREADS, "threads of their level", {ABOVE: "who is to wake them needs that level"}),
    why="Disks of one level want a lock whose owner waits for one disk more, and that is of their level too. A search "
    "looks at every interleaving: can all threads of the level come to wait for the lock, so that nobody hears the one "
    "that is awaited? With a level above the others' nothing keeps it out, however few threads there are.",
)
