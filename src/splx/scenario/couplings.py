"""Couplings: mechanisms that are right by themselves and wrong together.

A design is a free choice on nine axes, and most combinations are kernels that somebody has built. These are not:
each rule says what is missing, and why it must be there. They are asked when a system is built, so that a design of
one's own is refused with the reason and not found out by a run that hangs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from splx.base.diagnostics import Diagnostic
from splx.scenario import codes
from splx.scenario.levels import HARD
from splx.scenario.validator import refused
from splx.scenario.vectors import unknown

if TYPE_CHECKING:
    from splx.scenario.design import Design


@dataclass(frozen=True, slots=True)
class Coupling:
    """A rule: `wrong` says of a design that it breaks it."""

    wrong: Callable[[Design], bool]
    message: str
    reason: str


def _has(design: Design, mechanism: str) -> bool:
    """Whether the design is built of a mechanism, its own or the file of that name given in place of another."""
    return design.has(mechanism) or any(Path(module.__file__ or "").stem == mechanism for module in design.replaced)


def _in_situ(design: Design) -> bool:
    """Whether its interrupt threads run pinned on others."""
    return _has(design, "ithread") or _has(design, "ithread_pool")


def _direct_level(design: Design) -> int:
    """The lowest level at which a handler runs without a thread."""
    lowest = min(design.level(name) for name in HARD)
    carriers = (
        "ithread",
        "ithread_pool",
        "intr_event",
        "irq_thread",
        "ist",
        "pulse",
        "lwkt_ithread",
        "workloop",
        "notification",
        "carrier_continue",
    )
    threads = any(design.has(each) for each in carriers)
    return max(lowest, design.level(design.direct_from)) if threads else lowest


COUPLINGS = (
    Coupling(
        lambda design: _in_situ(design) and _has(design, "flow_eoi_last"),
        "interrupt threads, and the end of interrupt when the handlers have run",
        "a thread that blocks would keep its line in service, and with it all of its priority and below",
    ),
    Coupling(
        lambda design: design.level(design.spin_from) > _direct_level(design),
        "handlers without a thread, and locks of their level that sleep",
        "such a handler cannot wait: locks from its level on must spin (`spin_from`)",
    ),
    Coupling(
        lambda design: _has(design, "mutex_adaptive") and not _has(design, "turnstile"),
        "adaptive mutexes without turnstiles",
        "whoever waits for a lock whose owner does not run sleeps on a turnstile",
    ),
    Coupling(
        lambda design: _has(design, "turnstile") and _has(design, "textbook_sched"),
        "turnstiles under one lock for everything",
        "a chain has a lock of its own, and the textbook's scheduler takes no second one",
    ),
    Coupling(
        lambda design: _in_situ(design) and _has(design, "textbook_sched"),
        "interrupt threads under the textbook's scheduler",
        "it does not know of threads that run pinned on others",
    ),
    Coupling(
        lambda design: _has(design, "softint") and _has(design, "simplelock_2006"),
        "softints that may block, and sleeping locks for threads alone",
        "the sleeping locks of 2006 do not know of interrupt threads: choose `mutex_adaptive`",
    ),
    Coupling(
        lambda design: design.level("IPL_CLOCK") > design.level("IPL_SCHED"),
        "clocks above the scheduler's locks",
        "a clock wakes threads, and would wait for a lock that it had interrupted",
    ),
)


def broken(design: Design) -> Iterator[Diagnostic]:
    """S0303 for each rule that the design breaks; and those of the validator, which it may break on purpose."""
    for each in COUPLINGS:
        if each.wrong(design):
            message = f"the design `{design.name}` combines {each.message}"
            yield Diagnostic(codes.RESTRICTION, message, help=each.reason)
    for wrong in unknown(design.vector):
        yield Diagnostic(codes.RESTRICTION, f"the vector of `{design.name}`: {wrong}", help="see docs/axes.md")
    if not design.mutated:
        yield from refused(design)
