"""C8a: masking and unmasking for each interrupt."""

from __future__ import annotations

from splx.base.units import UNITS
from splx.debate.experiment import Axis, Claim, Side
from splx.debate.measures import KERNEL, per_item_alone
from splx.debate.rules import less_each
from splx.debate.sweep import Sweep

OWN = ("sections", "undisturbed")  # what the thread did, by CPU

EXPERIMENT = Sweep(
    claim=Claim(
        "C8a",
        "Laight",
        "threads make every interrupt mask its line, and unmask it when the thread has run",
        "tech-smp, 2 December 2006",
    ),
    scenario="debate/c08",
    axis=Axis("raised", "time at a raised level", "%", (0, 5, 20, 80)),
    sides=(
        Side("direct, eager", "netbsd-2006:line=level"),
        Side("direct, deferred", "netbsd-2006-deferred:line=level"),
        Side("direct, i386 (netbsd-2006)", "netbsd-2006"),
        Side("pinned (solaris)", "solaris"),
        Side("pinned (doran-2006)", "doran-2006"),
        Side("scheduled (freebsd)", "freebsd"),
    ),
    measure=per_item_alone("interrupt controller and level, for each interrupt", "wm0", *OWN, "line", "level"),
    rule=less_each(
        ("direct, eager", "pinned (solaris)"),
        ("direct, deferred", "pinned (doran-2006)"),
        ("direct, deferred", "scheduled (freebsd)"),
    ),
    why="The line is level-triggered. A direct handler has it quiet by its level, but a kernel with levels in memory "
    "masks it too when an interrupt comes too early. A thread that borrows the CPU and keeps the level does "
    "without, and writes the level instead, as a direct handler does where levels are in hardware: it stands "
    "beside that. The stubs of i386 for the 8259 mask the line of every interrupt anyway. The second table is all "
    "that the kernel took. What the thread's own sections cost is taken off both, as measured on a CPU that "
    "nobody interrupts.",
    second=per_item_alone("time of the kernel, for each interrupt", "wm0", *OWN, *KERNEL),
    time=20 * UNITS["ms"],
)
