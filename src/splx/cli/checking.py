"""How `splx check` searches: with progress, so that Ctrl-C gives the partial answer, under one kernel or all."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from splx.api import check_setup
from splx.api.together import check_together, left_out
from splx.base.diagnostics import SplxError
from splx.check.growing import in_short
from splx.check.limits import Limits, limits_for
from splx.check.verify import Sides, verify_reduction
from splx.cli.progress import Counting
from splx.simulate.engine import interruptible

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from splx.api import Checked
    from splx.check.loading import Bounds
    from splx.scenario.system import System
    from splx.simulate.engine import Stop
    from splx.simulate.setup import Setup


def refused_by(setup: Setup) -> dict[str, SplxError]:
    """The designs that cannot honour what the scenario of a setup asks of a kernel, each with why. SplxError for any
    other mistake, and if there is no design left.
    """
    from splx.scenario.build.plan import make_plan  # noqa: PLC0415 - heavy
    from splx.scenario.codes import RESTRICTION  # noqa: PLC0415 - heavy

    found = {}
    setups = _setups(setup)
    for each in setups:
        try:
            make_plan(*each.parts(), each.ties)
        except SplxError as error:
            if {problem.code for problem in error.diagnostics} != {RESTRICTION}:
                raise
            found[each.design] = error
    if len(found) == len(setups):
        raise found[setup.design]
    return found


def check_all(setup: Setup, bounds: Bounds, given: dict[str, Any], refused: Collection[str] = ()) -> list[Checked]:
    """The answer under the design of a setup, or, with `all_designs`, under every design but those that refuse it."""
    limits = limits_for(given["max_memory"], given["resume"], given["cost"])
    if not given["all_designs"]:
        limits = replace(limits, jobs=given["jobs"] or 1)
        system = setup.system()  # Ctrl-C meanwhile is the end: there is nothing to tell yet
        with interruptible() as stop:
            return [_one(setup, bounds, given["only"], limits, stop, system, explain_state=given["explain_state"])]
    setups = [each for each in _setups(setup) if each.design not in refused]
    each_limits = [_within(limits, each.design) for each in setups]
    if given["jobs"] == 1:
        pairs = zip(setups, each_limits, strict=True)
        with interruptible() as stop:  # one Ctrl-C is meant for all that are left
            return [_one(each, bounds, given["only"], within, stop) for each, within in pairs]
    with Counting("states") as counting, interruptible() as stop:
        return check_together(
            setups, bounds, given["only"], each_limits, given["jobs"] or os.cpu_count() or 1,
            progress=lambda counts: counting.count(counts.states), stopped=lambda: stop.asked,
        )  # fmt: skip


def save_first(verdicts: Iterable[Checked], file: str | None) -> SplxError | None:
    """Write the first finding, if there is one, to `file`, if that is asked for. What came in between is returned: an
    answer that took long is to be told first.
    """
    found = next((each for each in verdicts if each.finding is not None), None)
    try:
        if found is not None and file is not None:
            found.save(file)
    except SplxError as error:
        return error
    return None


def tell_unsaved(verdicts: Iterable[Checked], file: str | None) -> None:
    """Say that nothing was written to `file`, if that was asked for and nothing was found."""
    if file is not None and all(each.finding is None for each in verdicts):
        left = f": `{file}` is left as it was" if os.path.lexists(file) else f", and there is no `{file}`"
        click.echo(f"nothing was found, so nothing was saved{left}", err=True)


def verify_all(setup: Setup, bounds: Bounds, given: dict[str, Any]) -> list[tuple[Setup, Sides]]:
    """Both sides of the reduction under the design of a setup, or, with `all_designs`, under every design."""
    limits = limits_for(given["max_memory"])
    setups = _setups(setup) if given["all_designs"] else [setup]
    with Counting("states") as counting, interruptible() as stop:
        return [
            (each, verify_reduction(
                each.system(), bounds, given["only"], engine=each.engine, limits=limits,
                progress=lambda counts: counting.count(counts.states), stopped=lambda: stop.asked,
            ))
            for each in setups
        ]  # fmt: skip


def _within(limits: Limits, design: str) -> Limits:
    """A folder for each design, named as it was asked for."""
    return limits if limits.folder is None else replace(limits, folder=limits.folder / design)


def _setups(setup: Setup) -> list[Setup]:
    """Every design; the options of the one that was named are for that one."""
    from splx.scenario.designs import designs  # noqa: PLC0415 - heavy

    own = setup.design.partition(":")[0]
    return [setup if name == own else setup.with_(design=name, options=()) for name in designs()]


def _one(
    setup: Setup,
    bounds: Bounds,
    only: tuple[str, ...],
    limits: Limits,
    stop: Stop,
    system: System | None = None,
    *,
    explain_state: bool = False,
) -> Checked:
    if stop.asked:
        return left_out(setup, bounds, only, limits)
    with Counting("states") as counting:
        return check_setup(
            setup,
            bounds,
            only,
            limits=limits,
            explain_state=explain_state,
            progress=lambda counts: counting.count(counts.states, in_short(counts.growing)),
            stopped=lambda: stop.asked,
            system=system,
        )
