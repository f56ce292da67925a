"""How `splx check` searches: with progress, so that Ctrl-C gives the partial answer, under one kernel or all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from splx.api import check_setup
from splx.cli.progress import Counting
from splx.simulate.engine import interruptible

if TYPE_CHECKING:
    from splx.api import Checked
    from splx.check.loading import Bounds
    from splx.simulate.setup import Setup


def check_all(setup: Setup, bounds: Bounds, given: dict[str, Any]) -> list[Checked]:
    """The answer under the design of a setup, or, with `all_designs`, under every design."""
    return [_one(each, bounds, given["only"]) for each in _setups(setup, every=given["all_designs"])]


def _setups(setup: Setup, *, every: bool) -> list[Setup]:
    """The options of a design are for that design."""
    from splx.scenario.designs import designs  # noqa: PLC0415 - heavy

    if not every:
        return [setup]
    return [setup.with_(design=name, options=setup.options if name == setup.design else ()) for name in designs()]


def _one(setup: Setup, bounds: Bounds, only: tuple[str, ...]) -> Checked:
    with Counting("states") as counting, interruptible() as stop:
        return check_setup(
            setup,
            bounds,
            only,
            progress=lambda counts: counting.count(counts.states),
            stopped=lambda: stop.asked,
        )
