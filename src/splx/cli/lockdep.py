"""`splx lockdep`: what can deadlock, from one run that did not."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from splx.base.exits import Exit
from splx.cli import options
from splx.cli.output import for_programs

if TYPE_CHECKING:
    from splx.lockdep import Verdict
    from splx.machine.models import CostModel
    from splx.scenario.system import System
    from splx.simulate.setup import Setup

EPILOG = """\b
Examples:
  splx lockdep nic.py
  splx lockdep nic.py --design netbsd-2006 --cpus 4 --time 50ms
  splx lockdep nic.py --set speedup=800 --json
  splx lockdep nic.py --format github
"""


@click.command("lockdep", epilog=EPILOG)
@options.SCENARIO
@options.DESIGN
@options.SYSTEM
@click.option(
    "--time", default="50ms", show_default=True, metavar="TIME", help="How long a run to watch: 10s, 250ms, 40us."
)
@click.option("--seed", type=options.SEED, default=1, show_default=True, metavar="N", help="Seed of everything random.")
@options.TIES
@options.ENGINE
@options.FORMAT
@options.JSON
def command(scenario: str, design: str, **given: Any) -> int:  # noqa: ANN401 - options as click passes them
    """Watch one run of SCENARIO, and tell which deadlocks other runs may have.

    Locks that are taken in a circle, interrupts among them; locks declared with too low a level; sleeping where that is
    forbidden. A finding is possible, not actual, but for that of the run itself, as `splx run` has it; what the run did
    not do is not looked at. Exit 0: nothing was found,
    1: something was, 2: bad input, 3: stopped by Ctrl-C before anything was found.
    """
    setup = options.setup_of(scenario, design, given)
    options.warn_of_designs([setup])
    form = options.format_of(given)
    verdict = _watch(setup)
    if form == "json":
        import json  # noqa: PLC0415 - only for JSON

        click.echo(json.dumps(verdict.to_json(), indent=2))
    elif form != "text":
        _show_cases(setup, verdict, form)
    else:
        _show(setup, verdict)
    if verdict.findings:
        return Exit.FINDING
    return Exit.HOLDS if verdict.complete else Exit.GAVE_UP


def _watch(setup: Setup) -> Verdict:
    from splx.cli.progress import Progress  # noqa: PLC0415 - heavy
    from splx.lockdep import Run, lockdep  # noqa: PLC0415
    from splx.scenario.build import build  # noqa: PLC0415

    model = setup.model()
    scenario, design, cpus = setup.parts()
    system = build(scenario, design, cpus=cpus, ties=setup.ties, cycle=model.cycle, also="spl_level")
    asked = Run(setup.time, setup.seed, setup.ties, setup.engine)
    with Progress("watching") as progress:
        verdict = lockdep(system, scenario, design, model, asked, progress, progress.notice)
        return verdict if not verdict.complete or verdict.stopped else _with_its_end(verdict, system, model, setup)


def _with_its_end(verdict: Verdict, system: System, model: CostModel, setup: Setup) -> Verdict:
    """With the finding of the run itself, if that ended in one: the same run once more, which takes a moment. Not if
    those who wait for ever are told of already.
    """
    from splx.base.diagnostics import Findings  # noqa: PLC0415 - heavy
    from splx.cli.again import run_again  # noqa: PLC0415
    from splx.lockdep.findings import IT_DID  # noqa: PLC0415
    from splx.simulate import simulate  # noqa: PLC0415

    try:
        result = simulate(
            system, model, time=setup.time, seed=setup.seed, ties=setup.ties, engine=setup.engine
        )  # fmt: skip
    except Findings as found:
        if any(IT_DID in each.notes for each in verdict.findings):
            return verdict
        own = (replace(each, again=run_again(setup)) for each in found.diagnostics)
        return replace(verdict, findings=(*verdict.findings, *own))
    return replace(verdict, complete=result.complete)


def _show_cases(setup: Setup, verdict: Verdict, form: str) -> None:
    """Each finding as a case; without any, one that holds, or that is not decided if the run was stopped."""
    from splx.cli.again import command_line, suite_of  # noqa: PLC0415
    from splx.report.formats import Case, Outcome, formatted  # noqa: PLC0415 - heavy
    from splx.scenario.load import find_scenario  # noqa: PLC0415

    suite, file = suite_of(setup, verdict.scenario), str(find_scenario(setup.scenario))
    again = command_line(["lockdep", *setup.arguments()])
    found = [replace(each, again=again) for each in verdict.findings]
    cases = [Case(suite, each.code, Outcome.FOUND, file, diagnostic=each, command=again) for each in found]
    outcome, why = (Outcome.HOLDS, "") if verdict.complete else (Outcome.OPEN, "the run was stopped")
    for_programs(formatted(form, cases or [Case(suite, "lockdep", outcome, file, why=why, command=again)]))


def _show(setup: Setup, verdict: Verdict) -> None:
    from splx.base.render import show  # noqa: PLC0415 - heavy
    from splx.base.units import show_duration  # noqa: PLC0415
    from splx.simulate.codes import DEADLOCK  # noqa: PLC0415

    show(verdict.findings, sys.stdout)
    found = len(verdict.findings)
    where = f"{setup.kernel} on {verdict.machine}, {verdict.cpus} CPU{'s' if verdict.cpus > 1 else ''}"
    set_ = f" with {setup.set_text}" if setup.settings else ""
    click.echo(f"{verdict.scenario}{set_} under {where}, seed {verdict.seed}")
    end = "; the run ended there, at a broken rule" if verdict.stopped else ""
    if any(each.code == DEADLOCK for each in verdict.findings):
        end = "; the run ended in a deadlock"
    times = "once" if verdict.taken == 1 else f"{verdict.taken} times"
    click.echo(f"  watched   {show_duration(verdict.elapsed)}, in which a lock was taken {times}{end}")
    orders = ", ".join(f"{a} before {b}" for a, b in verdict.orders) or "none: no lock was taken with another held"
    click.echo(f"  orders    {orders}")
    if verdict.unseen:
        click.echo(f"  not seen  {', '.join(verdict.unseen)}")
    click.echo(f"  found     {found or 'nothing'}{'' if verdict.complete else ', before it was stopped'}")
