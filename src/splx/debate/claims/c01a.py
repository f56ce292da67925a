"""C1a: the big lock and a spin lock, and what takes the circle away."""

from __future__ import annotations

from splx.debate.experiment import Axis, Claim, Side
from splx.debate.rules import finds
from splx.debate.search import Search

OLD = "interrupt takes it (netbsd-2006)"

EXPERIMENT = Search(
    claim=Claim(
        "C1a",
        "Doran",
        "the big lock and spin locks have a problem of order. Tested: with the rule of 2006 two CPUs can wait for each "
        "other for ever",
        "tech-smp, 1 December 2006",
    ),
    scenario="debate/c01a",
    axis=Axis.named("level", "level of the lock (the interrupt's is TTY)", "NET", "TTY"),
    sides=(
        Side(OLD, "netbsd-2006"),
        Side("and leaves the work to a softint", "netbsd-2006", (("where", "softint"),)),
        Side("leaves the work to one, above all who take it", "netbsd-2006", (("where", "softint"), ("at", "SERIAL"))),
        Side("and is put off if it is taken", "netbsd-2006:wait=defer"),
        Side("and is handed to its owner if it is taken", "netbsd-2006:wait=forward"),
        Side("does without it, and has a lock of its level", "netbsd-2006:entry=mpsafe", (("safe", "1"),)),
        Side("no lock under the big one", "netbsd-2006", (("both", "0"),)),
        Side("spin locks above it (netbsd-5)", "netbsd-5"),
        Side("thread (doran-2006)", "doran-2006"),
        Side("Giant (freebsd)", "freebsd"),
    ),
    properties=("standstill", "stuck"),
    rule=finds(OLD),
    why="CPU 0 has a driver's lock when a serial line, of level TTY, interrupts it; its handler needs the big lock. "
    "CPU 1 has that one, and wants the driver's. A search looks at every interleaving. The lock is safe at the level "
    "of the interrupt or above. What cures it otherwise: a rule that nobody who has the big lock takes another; spin "
    "locks that are never below an interrupt that takes the big lock; an interrupt that does not wait for it; a "
    "handler that has a lock of its own level instead, as all were to have in the end; a handler that can be set "
    "aside. To leave the work to a soft interrupt is none, as long as the interrupt itself takes the big lock, as all "
    "did below IPL_SCHED; it is one at IPL_SERIAL, where serial lines were, for the soft level is below the lock's. "
    "What the cures cost: C1b. Locks that sleep: C1c.",
)
