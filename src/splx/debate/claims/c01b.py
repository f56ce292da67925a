"""C1b: what the cures for the order of the big lock cost."""

from __future__ import annotations

from splx.base.units import UNITS
from splx.debate.experiment import Axis, Claim, Side
from splx.debate.measures import KERNEL, per_item, to_end
from splx.debate.rules import dearer
from splx.debate.sweep import Sweep

EAGER, MEMORY = "as in 2006", "as in 2006, levels in memory"
OF_EAGER = (
    Side("big lock given back for the other", "netbsd-2006", (("back", "1"),)),
    Side("softint takes it, not the interrupt", "netbsd-2006", (("where", "softint"), ("at", "SERIAL"))),
    Side("a lock of its level, not the big one", "netbsd-2006:entry=mpsafe", (("safe", "1"),)),
    Side("put off if it is taken", "netbsd-2006:wait=defer"),
    Side("handed to its owner", "netbsd-2006:wait=forward"),
    Side("lock at VM", "netbsd-2006", (("level", "VM"),)),
)
OF_MEMORY = (
    Side("spin locks above it (netbsd-5)", "netbsd-5"),
    Side("thread (doran-2006)", "doran-2006"),
    Side("Giant (freebsd)", "freebsd"),
)

EXPERIMENT = Sweep(
    claim=Claim(
        "C1b",
        "Doran",
        "the order of the big lock and spin locks has no easy cure. Tested: whatever takes it away costs the "
        "interrupt latency, or the kernel time",
        "tech-smp, 1 December 2006",
    ),
    scenario="debate/c01b",
    axis=Axis("hold", "hold of the lock", "us", (0.5, 2, 8, 32)),
    sides=(Side(EAGER, "netbsd-2006"), *OF_EAGER, Side(MEMORY, "netbsd-2006-deferred"), *OF_MEMORY),
    measure=to_end("mean time until the serial line is served", "com0", "mean"),
    second=per_item("time of the kernel, for each interrupt of it", "com0", *KERNEL),
    rule=dearer({EAGER: [each.label for each in OF_EAGER], MEMORY: [each.label for each in OF_MEMORY]}),
    why="The cures of C1a, where nothing goes wrong: each beside the kernel of 2006 that keeps its levels where the "
    "cure does. A rule against taking the driver's lock under the big one costs what has to be done instead: here "
    "the code of old gives the big lock back for it. Held at VM, the lock keeps the line waiting, and so it does in "
    "netbsd-5, where no spin lock is lower, and where the work is left to a soft interrupt below it; an interrupt "
    "thread has to be started, or switched to, each time. Handed over, an interrupt from CPU to CPU comes in place of "
    "the wait; with a lock of its own the line waits for that alone, which the code of old has for half of the time. "
    "The verdict counts what is surely more, and more than one per cent; how much it is, the tables say. What the "
    "hand-over does where several CPUs take the big lock is not in it: see C2d.",
    time=50 * UNITS["ms"],
)
