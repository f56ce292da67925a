"""Size classes: array lengths rounded up, so that systems of about one size share one compiled engine.

The engine is compiled once per set of lengths. Nearly every system fits one of three standard sets; a bigger one gets
lengths of its own, rounded to powers of two. The registers of a context take an odd number of cache lines in the
standard sets, so that those of all contexts do not meet in the same places of a cache. Lengths decide nothing that a
run does; of a device that has more items under way than `ITEMS`, they decide how many are timed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from splx.lang.sizes import Sizes
from splx.machine.costs import ACCOUNTS
from splx.machine.state import BUCKETS, VECTORS
from splx.stage.code import beside
from splx.stage.cover import wanted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from splx.scenario.system import System

STANDARD: tuple[Mapping[str, int], ...] = (
    {"CPUS": 4, "CTXS": 128, "REGS": 264, "WORDS": 1 << 14, "IRQS": 64, "DEVS": 16, "ITEMS": 1 << 10, "SOURCES": 64,
     "CODE": 1 << 14, "FUNCS": 256, "DISTS": 64, "STATS": 256, "DRAWS": 256, "STAMPS": 256},
    {"CPUS": 16, "CTXS": 512, "REGS": 264, "WORDS": 1 << 16, "IRQS": 256, "DEVS": 64, "ITEMS": 1 << 10, "SOURCES": 256,
     "CODE": 1 << 15, "FUNCS": 1 << 10, "DISTS": 256, "STATS": 1 << 10, "DRAWS": 1 << 10, "STAMPS": 1 << 10},
    {"CPUS": 64, "CTXS": 1 << 12, "REGS": 264, "WORDS": 1 << 18, "IRQS": 1 << 10, "DEVS": 256, "ITEMS": 1 << 10,
     "SOURCES": 1 << 10, "CODE": 1 << 16, "FUNCS": 1 << 12, "DISTS": 1 << 10, "STATS": 1 << 12, "DRAWS": 1 << 12,
     "STAMPS": 1 << 12},
)  # fmt: skip

LEAST_ITEMS = 1 << 10


def needs(system: System) -> dict[str, int]:
    """What a system needs of each length."""
    image, more = system.image, beside(system)
    return {
        "CPUS": system.cpus,
        "CTXS": len(system.contexts) + bool(more),
        "REGS": max(image.regs, system.properties.program.regs if system.properties else 0),
        "WORDS": len(image.memory),
        "IRQS": len(system.irqs),
        "DEVS": len(system.devices),
        "ITEMS": max(LEAST_ITEMS, 4 * max((device.ring for device in system.devices), default=1)),
        "SOURCES": len(system.sources),
        "CODE": len(image.insns) + len(more),
        "FUNCS": len(image.numbers),
        "DISTS": len(system.dists),
        "STATS": len(system.statistics),
        "DRAWS": system.counters,
        "STAMPS": system.stamps,
    }


def sizes_for(system: System) -> Sizes:
    """The lengths to run a system with: the smallest standard set that holds it, or its own."""
    need = needs(system)
    for standard in STANDARD:
        if all(need[name] <= length for name, length in standard.items()):
            return derived({**standard, "ITEMS": _power(need["ITEMS"])}, cover=wanted())
    largest = STANDARD[-1]
    own = {name: max(least, _power(need[name])) for name, least in largest.items()}
    return derived(own, cover=wanted())


def derived(lengths: Mapping[str, int], *, cover: bool = False) -> Sizes:
    """Free lengths, and those that follow from them. `cover`: for an engine that counts what it executes."""
    free = dict(lengths)
    words = -(-free["IRQS"] // 64)
    return Sizes(
        **free,
        REGFILE=free["CTXS"] * free["REGS"],
        LINES=-(-free["WORDS"] // 8),
        IRQ_WORDS=words,
        CPU_IRQ_WORDS=free["CPUS"] * words,
        DEV_ITEMS=free["DEVS"] * free["ITEMS"],
        HISTS=free["SOURCES"] * 2 * BUCKETS,
        EVENTS=free["DEVS"] + free["IRQS"],
        CPU_ACCOUNTS=free["CPUS"] * ACCOUNTS,
        COVER=int(cover),
    )


def _power(n: int) -> int:
    return 1 << max(n - 1, 0).bit_length()


assert all(standard["IRQS"] > standard["CPUS"] * VECTORS for standard in STANDARD)
