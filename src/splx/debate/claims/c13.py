"""C13: a minimal handler and a continuation, or an interrupt thread."""

from __future__ import annotations

from splx.base.units import UNITS
from splx.debate.experiment import Axis, Claim, Side
from splx.debate.measures import KERNEL, per_item_alone, to_end
from splx.debate.rules import less_each
from splx.debate.sweep import Sweep

DORAN = ("continuation (doran-2006:line_at)", "pinned thread (doran-2006)")
SOLARIS = ("continuation (solaris)", "pinned thread (solaris)")
FREEBSD = ("continuation (freebsd:filter_at)", "scheduled thread (freebsd)")

EXPERIMENT = Sweep(
    claim=Claim(
        "C13",
        "Thomas",
        "interrupt threads are a bad idea: handlers should leave things to a continuation. Tested: that costs less",
        "tech-kern, 21 February 2007",
    ),
    scenario="debate/c13",
    axis=Axis("rate", "packets a second", "/s", (1_000, 5_000, 20_000, 80_000)),
    sides=(
        Side(DORAN[0], "doran-2006:line_at=IPL_BIO", (("where", "softint"),)),
        Side(DORAN[1], "doran-2006", (("where", "handler"),)),
        Side(SOLARIS[0], "solaris", (("where", "softint"), ("at", "SERIAL"))),
        Side(SOLARIS[1], "solaris", (("where", "handler"),)),
        Side(FREEBSD[0], "freebsd:filter_at=IPL_BIO", (("where", "softint"),)),
        Side(FREEBSD[1], "freebsd", (("where", "handler"),)),
        Side("continuation, line masked (thomas-2007)", "thomas-2007", (("where", "handler"),)),
    ),
    measure=per_item_alone(
        "time of kernel and handlers beyond the packet's own work",
        "wm0",
        "rounds",
        "undisturbed",
        *KERNEL,
        "handler",
        "deferred",
        work=3_300,
    ),
    rule=less_each(DORAN, SOLARIS, FREEBSD),
    why="Thomas's handler runs at its level, quiets the card and leaves the rest to a soft interrupt, which lets the "
    "card interrupt again; or the handler takes the packets itself, in an interrupt thread. Each kernel does it in "
    "both ways: Doran's with the line drawn at IPL_BIO, Solaris above LOCK_LEVEL, FreeBSD with a filter. Thomas's "
    "own kernel stands there as built here: the line is masked in place of the card, and all of the driver's handler "
    "is continuation. A packet's own work, and what the thread that is interrupted takes for itself, as a CPU "
    "without a card shows, are left out.",
    second=to_end("99 % of the packets take", "wm0"),
    time=20 * UNITS["ms"],
)
