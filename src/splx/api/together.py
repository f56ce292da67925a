"""Several searches at once, each in a process of its own: one question under many designs, or many of one design."""

from __future__ import annotations

import signal
from concurrent.futures import ProcessPoolExecutor, wait
from dataclasses import fields, replace
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

from splx.api.checking import Checked, check_setup
from splx.check.checker import Counts
from splx.check.loading import Bounds
from splx.check.room import sane_share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from splx.check.driving import Progress
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
    """The answers, in order, `jobs` searches at a time: they share the memory that one may have. `bounds` of all, or of
    each.

    `progress` is told of the states of all. The same as one after the other, but for the time it takes. SplxError for a
    mistake in any of them.
    """
    context = get_context("spawn")
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
            left = wait(left, timeout=LOOK).not_done
            states = sum(found[:])
            if progress is not None and states:
                progress(Counts(states, 0, 0, 0))
            if stopped():
                ends.value = 1
        answers = [each.result() for each in running]
    finally:
        ends.value = 1
        pool.shutdown(cancel_futures=True)
    return [
        Checked(**values, system=setup.system(), setup=setup) for setup, values in zip(setups, answers, strict=True)
    ]


def _share(limits: Limits, jobs: int) -> Limits:
    return replace(limits, memory=(limits.memory or sane_share()) // jobs)


def _begin(*shared: Any) -> None:  # noqa: ANN401 - of multiprocessing
    """In a worker: Ctrl-C is for the parent, which says when to end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _shared[:] = shared


def _one(number: int, setup: Setup, bounds: Bounds, properties: tuple[str, ...], limits: Limits) -> dict[str, Any]:
    """The fields of an answer but its system, which the parent makes again: it is large, and full of functions."""
    found, ends = _shared

    def progress(counts: Counts) -> None:
        found[number] = counts.states

    verdict = check_setup(
        setup, bounds, properties, limits=limits, progress=progress, stopped=lambda: bool(ends.value)
    )  # fmt: skip
    found[number] = verdict.counts.states
    return {
        each.name: getattr(verdict, each.name) for each in fields(verdict) if each.name not in ("system", "setup")
    }  # fmt: skip
