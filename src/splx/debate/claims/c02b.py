"""C2b: what is let in while an interrupt spins for the big lock."""

from __future__ import annotations

from splx.base.units import UNITS
from splx.debate.experiment import Axis, Claim, Side
from splx.debate.measures import to_start
from splx.debate.rules import less
from splx.debate.sweep import Sweep

OPEN, SHUT = "interrupts on (netbsd-2006)", "all shut"

EXPERIMENT = Sweep(
    claim=Claim(
        "C2b",
        "Laight",
        "what happens to an interrupt that finds the big lock taken? Tested: if it spins with interrupts on, devices "
        "of higher levels wait for less time than if it spins with all shut",
        "tech-smp, 2 December 2006",
    ),
    scenario="debate/c02b",
    axis=Axis("hold", "hold of the big lock", "us", (0.25, 1, 4, 16, 64)),
    sides=(
        Side(OPEN, "netbsd-2006:line=level"),
        Side(SHUT, "netbsd-2006:line=level,wait=shut"),
        Side("spins (netbsd-5)", "netbsd-5"),
        Side("Giant (freebsd)", "freebsd"),
    ),
    measure=to_start("99 % latency of a device of that CPU and a higher level", "eap0"),
    rule=less(OPEN, SHUT),
    why="As C2a, with a sound card whose level is above all that take the big lock. NetBSD's lock went back to the "
    "level of its caller while it spun, for an interrupt may be what the owner of the lock waits for. With all shut "
    "a lock that is held for long is felt by everybody on that CPU, whatever their level.",
    time=20 * UNITS["ms"],
)
