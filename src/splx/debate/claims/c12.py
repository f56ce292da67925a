"""C12: where to draw the line between threads and traditional handlers."""

from __future__ import annotations

from splx.base.units import UNITS
from splx.debate.experiment import Axis, Claim, Side
from splx.debate.measures import KERNEL, per_item, to_start
from splx.debate.rules import front
from splx.debate.sweep import Sweep

EXPERIMENT = Sweep(
    claim=Claim(
        "C12",
        "Doran, Laight",
        "where is the line between threads and traditional handlers? Tested: disk and card below it, sound and "
        "clock above",
        "tech-smp, 1 and 2 December 2006",
    ),
    scenario="debate/c12",
    axis=Axis("lookup", "hold of the table", "us", (1, 4, 10, 25)),
    sides=(
        Side("all direct", "doran-2006:line_at=IPL_BIO"),
        Side("disk threaded", "doran-2006:line_at=IPL_NET"),
        Side("disk and card threaded", "doran-2006:line_at=IPL_VM"),
        Side("all but clock threaded", "doran-2006:line_at=IPL_CLOCK"),
    ),
    measure=to_start("mean latency of the disk", "sd0", "mean"),
    rule=front("disk and card threaded", "all direct", "disk threaded", "all but clock threaded"),
    why="A lock that a handler takes is one that sleeps if the handler has a thread, and raises the level to "
    "IPL_VM if it has not. The more is threaded, the less is kept out by the table, and the more each "
    "interrupt costs. The third table is what a thread in real time waits, whom all handlers come before.",
    second=per_item("time of the kernel, for each interrupt of the disk", "sd0", *KERNEL),
    third=to_start("mean latency of a thread in real time", "control.thread", "mean"),
    most=9,
    time=40 * UNITS["ms"],
)
