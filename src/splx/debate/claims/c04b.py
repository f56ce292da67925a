"""C4b: how many cheaper locks pay for an interrupt thread."""

from __future__ import annotations

from splx.base.units import UNITS
from splx.debate.experiment import Axis, Claim, Side
from splx.debate.measures import KERNEL, per_count
from splx.debate.rules import less
from splx.debate.sweep import Sweep

EXPERIMENT = Sweep(
    claim=Claim(
        "C4b",
        "Doran",
        "locks of processes are cheaper than spin locks. Tested: so much that an interrupt thread, which may use "
        "them, pays for itself",
        "tech-smp, 1 December 2006",
    ),
    scenario="debate/c04",
    axis=Axis("locks", "locks taken for each interrupt", "", (1, 4, 16, 64, 256)),
    sides=(
        Side("direct, spin (doran-2006:line_at)", "doran-2006:line_at=IPL_BIO"),
        Side("direct, spin (netbsd-5)", "netbsd-5"),
        Side("pinned thread (doran-2006)", "doran-2006"),
        Side("direct, spin (freebsd:filter_at)", "freebsd:filter_at=IPL_BIO"),
        Side("scheduled thread (freebsd)", "freebsd"),
    ),
    measure=per_count("time of the kernel, for each interrupt and its locks", "rounds", *KERNEL),
    rule=less("pinned thread (doran-2006)", "direct, spin (doran-2006:line_at)", "direct, spin (netbsd-5)"),
    why="A thread takes a free lock so many times for each interrupt of a disk, whose handler takes it once. Where "
    "the handler runs in a thread of its own the lock is adaptive, and costs less each time; but the thread has to "
    "be started. The same kernel is on both sides: Doran's runs the disk's handler directly if the line is drawn at "
    "IPL_BIO, and its lock then spins; NetBSD 5 as well masks the line of each interrupt and has its levels in "
    "memory, as Doran's does. FreeBSD's filters stand there for comparison: they need not mask the line, which its "
    "threads must. Nobody ever waits for the lock: C17 is about that.",
    time=10 * UNITS["ms"],
)
