"""How `splx check` searches: with progress, so that Ctrl-C gives the partial answer, under one kernel or all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from splx.api import check_setup
from splx.check.limits import Limits, limits_for
from splx.cli.progress import Counting
from splx.simulate.engine import interruptible

if TYPE_CHECKING:
    from splx.api import Checked
    from splx.check.loading import Bounds
    from splx.simulate.setup import Setup


def check_all(setup: Setup, bounds: Bounds, given: dict[str, Any]) -> list[Checked]:
    """The answer under the design of a setup, or, with `all_designs`, under every design."""
    limits = limits_for(given["max_memory"], given["resume"], given["cost"])
    if not given["all_designs"]:
        return [_one(setup, bounds, given["only"], limits)]
    return [_one(each, bounds, given["only"], _within(limits, each.design)) for each in _setups(setup)]


def _within(limits: Limits, design: str) -> Limits:
    """A folder for each design."""
    return limits if limits.folder is None else replace(limits, folder=limits.folder / design)


def _setups(setup: Setup) -> list[Setup]:
    """The options of a design are for that design."""
    from splx.scenario.designs import designs  # noqa: PLC0415 - heavy

    return [setup.with_(design=name, options=setup.options if name == setup.design else ()) for name in designs()]


def _one(setup: Setup, bounds: Bounds, only: tuple[str, ...], limits: Limits) -> Checked:
    with Counting("states") as counting, interruptible() as stop:
        return check_setup(
            setup,
            bounds,
            only,
            limits=limits,
            progress=lambda counts: counting.count(counts.states),
            stopped=lambda: stop.asked,
        )
