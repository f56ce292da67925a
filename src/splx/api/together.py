"""Several searches at once, each in a process of its own: one question under many designs, or many of one design."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor, wait
from dataclasses import fields, replace
from multiprocessing import connection, parent_process
from threading import Thread
from typing import TYPE_CHECKING, Any

from splx.api.checking import Checked, check_setup
from splx.base.workers import DeafContext
from splx.check.checker import Counts
from splx.check.limits import LEAST
from splx.check.loading import Bounds
from splx.check.room import sane_share
from splx.check.verdict import not_begun

if TYPE_CHECKING:
    from collections.abc import Sequence

    from splx.check.growing import Progress
    from splx.check.limits import Limits
    from splx.check.verdict import Stopped
    from splx.simulate.setup import Setup

LOOK = 0.1  # seconds between two looks at how far they are

#: In a worker: how many states each search has found, and whether all are to end. Shared with the parent.
_shared: list[Any] = []


def check_together(
    setups: Sequence[Setup],
    bounds: Bounds | Sequence[Bounds],
    properties: tuple[str, ...],
    limits: Sequence[Limits],
    jobs: int,
    *,
    progress: Progress | None = None,
    stopped: Stopped = lambda: False,
) -> list[Checked]:
    """The answers, in order, `jobs` searches at a time, fewer if the memory that one may have, which they share, is not
    enough for so many. `bounds` of all, or of each.

    `progress` is told of the states of all. The same as one after the other, but for the time it takes: whoever's turn
    had not come when all was to end was not begun. SplxError for a mistake in any of them.
    """
    context = DeafContext()
    jobs = min(jobs, *(max(1, (each.memory or sane_share()) // LEAST) for each in limits))
    found, ends = context.Array("q", len(setups)), context.Value("b", 0)
    pool = ProcessPoolExecutor(
        min(jobs, len(setups)), mp_context=context, initializer=_begin, initargs=(found, ends)
    )  # fmt: skip
    each_bounds = [bounds] * len(setups) if isinstance(bounds, Bounds) else bounds
    try:
        running = [
            pool.submit(_one, number, setup, within, properties, _share(limit, jobs))
            for number, (setup, within, limit) in enumerate(zip(setups, each_bounds, limits, strict=True))
        ]
        left = set(running)
        while left:
            left = {each for each in wait(left, timeout=LOOK).not_done if not each.cancelled()}
            states = sum(found[:])
            if progress is not None and states:
                progress(Counts(states, 0, 0, 0))
            if stopped():
                ends.value = 1
                for each in left:
                    each.cancel()
        answers = [None if each.cancelled() else each.result() for each in running]
    finally:
        ends.value = 1
        pool.shutdown(cancel_futures=True)
    return [
        left_out(setup, within, properties, limit)
        if values is None
        else Checked(**values, system=setup.system(), setup=setup)
        for setup, within, limit, values in zip(setups, each_bounds, limits, answers, strict=True)
    ]


def left_out(setup: Setup, bounds: Bounds, properties: tuple[str, ...] = (), limits: Limits | None = None) -> Checked:
    """The answer of a search whose turn did not come."""
    return Checked(**vars(not_begun(setup.system(), bounds, properties, limits)), setup=setup)


def _share(limits: Limits, jobs: int) -> Limits:
    return replace(limits, memory=(limits.memory or sane_share()) // jobs)


def _begin(*shared: Any) -> None:  # noqa: ANN401 - of multiprocessing
    """In a worker: it ends when the parent says so, or with it."""
    _shared[:] = shared
    parent = parent_process()
    if parent is not None:
        Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    """End when another process has ended: nobody is there to be told anything."""
    connection.wait([sentinel])
    os._exit(1)


def _one(
    number: int, setup: Setup, bounds: Bounds, properties: tuple[str, ...], limits: Limits
) -> dict[str, Any] | None:
    """The fields of an answer but its system, which the parent makes again: it is large, and full of functions. None if
    all is to end before it has begun.
    """
    found, ends = _shared
    if ends.value:
        return None

    def progress(counts: Counts) -> None:
        found[number] = counts.states

    verdict = check_setup(
        setup, bounds, properties, limits=limits, progress=progress, stopped=lambda: bool(ends.value)
    )  # fmt: skip
    found[number] = verdict.counts.states
    return {
        each.name: getattr(verdict, each.name) for each in fields(verdict) if each.name not in ("system", "setup")
    }  # fmt: skip
