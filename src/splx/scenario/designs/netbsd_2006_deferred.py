"""netbsd-2006-deferred: the same kernel as x86 already had it, and as Laight proposed for all: levels in memory.

Raising and lowering are a store and a test. An interrupt that comes too early is logged, its line masked, and it is
replayed, highest first, when the level falls. Everything else is netbsd-2006.

`family` says how: `log` is x86's; `threshold`, ARM's of later years, has the CPU's register keep away what the level
forbids from the first interrupt on that came too early; `stop`, the paper's of 1993, keeps everything away then.
`line=level` is x86's other controller, the I/O APIC: a line that is let in is not masked, one that is logged is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from splx.scenario.design import Design, Option
from splx.scenario.designs.netbsd_2006 import ENTRY, LINE, NETBSD_2006, WAIT, lined
from splx.scenario.operations import Published

FAMILY = Option("family", "what becomes of an interrupt that comes too early", ("log", "threshold", "stop"), "log")
WORDS = {
    "threshold": "level, deferred: the register keeps its level away",
    "stop": "level, deferred: the register keeps everything away",
}


def _apply(design: Design, chosen: Mapping[str, str]) -> Design:
    design, family = lined(design, chosen), chosen["family"]
    if family == "log":
        return design
    return replace(
        design,
        choices={**design.choices, "mask": WORDS[family]},
        vector={**design.vector, "mask": "M2 all" if family == "stop" else "M2 level"},
        mechanisms=tuple("spl_threshold" if each == "spl_deferred" else each for each in design.mechanisms),
        exceptions={**design.exceptions, "flow_hold": "spl_threshold.flow_hold"},
        consts={**design.consts, "SPL_STOP": int(family == "stop")},
        published={},
    )


NETBSD_2006_DEFERRED = replace(
    NETBSD_2006,
    name="netbsd-2006-deferred",
    title="NetBSD in 2006 on x86: big lock, levels in memory",
    choices={**NETBSD_2006.choices, "mask": "level, deferred: log and mask the line"},
    vector={**NETBSD_2006.vector, "mask": "M2 line"},
    mechanisms=tuple("spl_deferred" if each == "spl_eager" else each for each in NETBSD_2006.mechanisms),
    published={
        "line": Published(
            "NetBSD sys/arch/i386/i386/vector.S and sys/kern/kern_lock.c of 2004",
            entry="mask eoi",
            exit="unmask",
            atomics="1",
            stacks="0",
            wakes="0",
            switches="0",
            differs={
                "atomics": "lockmgr (kern_lock.c) takes lk_interlock whatever it is asked for: once for LK_EXCLUSIVE, "
                "which is that one, and once for LK_RELEASE"
            },
        ),
    },
    options=(FAMILY, LINE, ENTRY, WAIT),
    apply=_apply,
)
