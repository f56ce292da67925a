"""C3c: the level that is given back with the last lock."""

from __future__ import annotations

from splx.base.units import UNITS
from splx.debate.experiment import Axis, Claim, Side
from splx.debate.measures import kept_out, to_start
from splx.debate.rules import less
from splx.debate.sweep import Sweep

EACH = "each lock gives its level back (netbsd-2006-deferred)"

EXPERIMENT = Sweep(
    claim=Claim(
        "C3c",
        "NetBSD",
        "a CPU keeps one level for all spin locks that it holds, and gives it back with the last. Tested: a moment "
        "with a lock of a high level, within another, keeps interrupts of that level out for longer",
        "mutex(9), MUTEX_SPIN_SPLRESTORE",
    ),
    scenario="debate/c03c",
    axis=Axis("hold", "hold of the lock outside", "us", (0.5, 2, 8, 32)),
    sides=(
        Side(EACH, "netbsd-2006-deferred:line=level"),
        Side("the last does (netbsd-5)", "netbsd-5"),
    ),
    measure=kept_out("time at a level that keeps sound out, as the sound card finds it", "audio0"),
    second=to_start("mean latency of sound", "audio0", "mean"),
    further=(to_start("99 % latency of sound", "audio0"),),
    rule=less(EACH, "the last does (netbsd-5)"),
    why="One CPU. The lock inside, of IPL_SCHED, is held for 100 ns; the one outside, of IPL_VM, does not keep sound "
    "out, and is held for longer. mtx_oldspl, in struct cpu_info, is the level before the first of them: the rest of "
    "the section outside is at IPL_SCHED. What is saved by it is that locks may be released in any order.",
    time=200 * UNITS["ms"],
)
