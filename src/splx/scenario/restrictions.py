"""What a design wants of every scenario, whatever that calls: the builder refuses the others (S0303)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splx.kernel.interface.locks import MUTEX_CEILING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from splx.scenario.design import Design


def by_register(design: Design) -> bool:
    """Whether a line is kept away by its hardware priority, of which it has one."""
    return design.has("spl_eager", "spl_threshold")


def by_thread(design: Design) -> bool:
    """Whether one interrupt thread runs all handlers of a line, at its level, if the line is below `direct_from`."""
    return design.has("ithread", "ithread_pool")


def on_one_side(design: Design) -> bool:
    """Whether all handlers of a line have to be below `direct_from`, or none."""
    apart = design.has("ithread", "ithread_pool", "intr_event", "irq_thread", "carrier_continue")
    return apart and _threads(design)


def _threads(design: Design) -> bool:
    """Whether any level of a device is below `direct_from`."""
    return design.level("IPL_BIO") < design.level(design.direct_from)


def filters_want_giant(design: Design) -> bool:
    """Whether a handler that runs at once may be of a level whose handlers take Giant, which sleeps."""
    return design.has("giant") and design.level(design.direct_from) <= design.biglock_level


def restrictions(design: Design) -> tuple[str, ...]:
    """All of them, in words."""
    return tuple(_said(design))


def _said(design: Design) -> Iterator[str]:
    if by_register(design):
        yield "all handlers of one line have one level"
    elif by_thread(design) and _threads(design):
        yield "all handlers of a line of an interrupt thread have one level"
    if on_one_side(design) and not by_register(design):
        yield f"all handlers of one line are below {design.direct_from}, or none is"
    if filters_want_giant(design):
        yield f"handlers from {design.direct_from} to IPL_VM are mpsafe"
    if design.global_queue:
        yield "no thread is bound to a CPU"
    if design.sleep_kind == MUTEX_CEILING:
        yield "every lock of threads has a ceiling"
