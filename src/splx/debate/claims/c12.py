"""C12: where to draw the line between threads and traditional handlers."""

from __future__ import annotations

from splx.base.units import UNITS
from splx.debate.experiment import Axis, Claim, Side
from splx.debate.measures import KERNEL, per_item, to_start
from splx.debate.pareto import last_on_front
from splx.debate.sweep import Sweep

LINES = (
    Side("all direct", "doran-2006:line_at=IPL_BIO"),
    Side("disk threaded", "doran-2006:line_at=IPL_NET"),
    Side("disk and card threaded", "doran-2006:line_at=IPL_AUDIO"),
    Side("all but clock threaded", "doran-2006:line_at=IPL_CLOCK"),
)

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
    sides=LINES,
    measure=to_start("mean latency of the disk", "sd0", "mean"),
    second=per_item("time of the kernel, for each interrupt of the disk", "sd0", *KERNEL),
    further=(
        to_start("mean latency of the card", "wm0", "mean"),
        to_start("mean latency of the sound", "eap0", "mean"),
        to_start("mean latency of the clock", "clock", "mean"),
        to_start("mean latency of a thread in real time", "control.thread", "mean"),
    ),
    rule=last_on_front("disk and card threaded", [each.label for each in LINES]),
    why="A lock that a handler takes is one that sleeps if the handler has a thread, and raises the level to IPL_VM "
    "if it has not. The more is threaded, the less is kept out by the table, and the more each interrupt costs. Each "
    "table is one measure, and none counts for more than another: the latency of each device, that of a thread in "
    "real time, whom all handlers come before, and what the kernel takes. A line is worth drawing where no other is "
    "as good in every measure; the claim is that no higher one is. At 1 % of a clock's or a sound card's latency the "
    "seeds seldom tell, so a difference that they do not tell, and that is surely below 5 %, does not count.",
    time=UNITS["s"],
)
