"""C13: a minimal handler and a continuation, or an interrupt thread."""

from __future__ import annotations

from splx.base.units import UNITS
from splx.debate.experiment import Axis, Claim, Side
from splx.debate.measures import KERNEL, per_item, to_end
from splx.debate.rules import less
from splx.debate.sweep import Sweep

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
        Side("continuation (thomas-2007)", "thomas-2007", (("where", "handler"),)),
        Side("handler + softint (netbsd-5)", "netbsd-5", (("where", "softint"),)),
        Side("pinned (doran-2006)", "doran-2006", (("where", "handler"),)),
        Side("pinned (solaris)", "solaris", (("where", "handler"),)),
        Side("scheduled (freebsd)", "freebsd", (("where", "handler"),)),
    ),
    measure=per_item("time of kernel and handlers, for each packet", "wm0", *KERNEL, "handler", "deferred"),
    rule=less("continuation (thomas-2007)", "pinned (doran-2006)", "pinned (solaris)", "scheduled (freebsd)"),
    why="Thomas's kernel quiets the line and runs the driver's handler as a continuation, in the thread of a soft "
    "level; a driver of NetBSD 5 does that itself: its handler quiets the card and schedules a soft interrupt, which "
    "lets the card interrupt again. Or the handler takes the packets at once, in an interrupt thread. A packet's own "
    "work, 3 us, is in the number.",
    second=to_end("99 % of the packets take", "wm0"),
    time=20 * UNITS["ms"],
)
