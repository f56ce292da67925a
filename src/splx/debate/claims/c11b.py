"""C11b: what the assertion catches."""

from __future__ import annotations

from splx.debate.claims.c11a import ASLEEP, EVERY, NEVER
from splx.debate.experiment import Axis, Claim, Side
from splx.debate.rules import finds
from splx.debate.search import Search

EXPERIMENT = Search(
    claim=Claim(
        "C11b",
        "Laight",
        "if an interrupt thread may sleep it will, because it seems to work. Tested: where there is memory enough, "
        "nothing finds it but the assertion on every call",
        "tech-smp, 2 December 2006",
    ),
    scenario="debate/c11b",
    axis=Axis.named("stock", "stock of buffers", "1", "2"),
    sides=(
        Side(EVERY, "doran-2006"),
        Side(ASLEEP, "doran-2006:sleeping=asleep"),
        Side(NEVER, "doran-2006:sleeping=never"),
    ),
    properties=("rules", "standstill", "stuck", "exhausted"),
    told=NEVER,
    rule=finds(EVERY, ASLEEP, NEVER),
    why="A search looks at every interleaving of two packets, each of which needs a buffer, and of the disk that "
    "gives them back. With one buffer the thread of the card's level can come to wait for the disk, which its level "
    "keeps out: `never` is the deadlock that Laight saw coming. With two nobody waits, and no search and no test can "
    "tell.",
)
