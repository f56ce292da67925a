"""netbsd-2006-deferred: the same kernel as x86 already had it, and as Laight proposed for all: levels in memory.

Raising and lowering are a store and a test. An interrupt that comes too early is logged, its line masked, and it is
replayed, highest first, when the level falls. Everything else is netbsd-2006.
"""

from __future__ import annotations

from dataclasses import replace

from splx.scenario.designs.netbsd_2006 import NETBSD_2006

NETBSD_2006_DEFERRED = replace(
    NETBSD_2006,
    name="netbsd-2006-deferred",
    title="NetBSD in 2006 on x86: big lock, levels in memory",
    choices={**NETBSD_2006.choices, "mask": "level, deferred: log and mask the line"},
    mechanisms=tuple("spl_deferred" if each == "spl_eager" else each for each in NETBSD_2006.mechanisms),
    restrictions=(),
)
