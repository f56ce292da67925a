"""`splx run`: one scenario under one kernel."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from splx.base.diagnostics import SplxError
from splx.base.exits import Exit
from splx.cli import options
from splx.cli.output import for_programs

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from splx.base.diagnostics import Diagnostic
    from splx.simulate.result import Result
    from splx.simulate.setup import Setup
    from splx.trace.events import Recorder

EPILOG = """\b
Examples:
  splx run first
  splx run nic.py --design doran-2006 --line-at IPL_VM --cpus 4 --time 10s --seed 7
  splx run nic.py --machine ./board.toml --set speedup=800 --json
  splx run nic.py --mechanism my_mutex.py --save run.json --trace events.csv
"""


@click.command("run", epilog=f"{options.SCENARIOS}\n{EPILOG}")
@options.SCENARIO
@options.DESIGN
@options.SYSTEM
@options.MUTANTS
@options.TIME
@click.option("--seed", type=options.SEED, default=1, show_default=True, metavar="N", help="Seed of everything random.")
@options.TIES
@options.ENGINE
@options.ALL
@options.FORMAT
@options.JSON
@options.SAVE
@click.option("--trace", type=click.Path(dir_okay=False), metavar="FILE", help="Write every event to a file, as CSV.")
def command(scenario: str, design: str, **given: Any) -> int:  # noqa: ANN401 - options as click passes them
    """Simulate SCENARIO under one kernel.

    Shows, per source, latencies, throughput and drops, and where every CPU's time went. The same scenario, design,
    machine and seed give the same bytes. Ctrl-C ends the run with what is known so far (exit 3).
    """
    setup = options.setup_of(scenario, design, given)
    options.warn_of_designs([setup])
    form = options.format_of(given)
    given = {**given, "as_json": form == "json"}
    recorder = _recorder(given["trace"])
    try:
        result = _run(setup, recorder)
    except SplxError as error:
        if error.exit is Exit.FINDING:
            _write_finding(setup, error, given)
            if form not in ("text", "json"):
                _show_cases(setup, error.diagnostics, form)
                return error.exit
        raise
    text = _text(setup, result.to_json())
    _write_files(setup, text, recorder, given)
    if form == "json":
        click.echo(text, nl=False)
    elif form != "text":
        _show_cases(setup, (), form, complete=result.complete)
    else:
        _show(setup, result, every=given["every"])
    if not result.complete:
        click.echo("stopped before the end: the result is partial", err=True)
    return Exit.HOLDS if result.complete else Exit.GAVE_UP


def _show_cases(setup: Setup, findings: Sequence[Diagnostic], form: str, *, complete: bool = True) -> None:
    """The findings of a run, or that it had none."""
    from splx.cli.again import run_again, suite_of  # noqa: PLC0415 - heavy
    from splx.report.formats import Case, Outcome, formatted  # noqa: PLC0415
    from splx.scenario.load import find_scenario  # noqa: PLC0415

    file = find_scenario(setup.scenario)
    suite, again = suite_of(setup, file.stem), run_again(setup)
    cases = [Case(suite, each.code, Outcome.FOUND, str(file), diagnostic=each, command=again) for each in findings]
    outcome, why = (Outcome.HOLDS, "") if complete else (Outcome.OPEN, "the run was stopped")
    for_programs(formatted(form, cases or [Case(suite, "run", outcome, str(file), why=why, command=again)]))


def _text(setup: Setup, data: dict[str, Any]) -> str:
    from splx.cli.record import recorded, text_of  # noqa: PLC0415 - heavy

    return text_of(data, recorded(setup))


def _write_finding(setup: Setup, error: SplxError, given: dict[str, Any]) -> None:
    """The findings in place of the run's numbers. Ends the command if that is all that was wanted."""
    from splx.base.atomic import write_text  # noqa: PLC0415 - only for files
    from splx.simulate.result import FORMAT  # noqa: PLC0415 - heavy

    text = _text(setup, {"format": FORMAT, "findings": [each.to_json() for each in error.diagnostics]})
    if given["save"]:
        write_text(given["save"], text)
    if given["as_json"]:
        click.echo(text, nl=False)
        raise click.exceptions.Exit(error.exit)


def _recorder(trace: str | None) -> Recorder | None:
    from splx.trace.events import Recorder  # noqa: PLC0415 - only for a trace

    return Recorder() if trace else None


def _run(setup: Setup, recorder: Recorder | None) -> Result:
    """Run, with progress; a finding says how to see it again."""
    from splx.base.diagnostics import Findings  # noqa: PLC0415 - heavy
    from splx.cli.again import run_again  # noqa: PLC0415
    from splx.cli.progress import Progress  # noqa: PLC0415

    with Progress("simulating") as progress:
        try:
            return setup.run(progress=progress, notice=progress.notice, trace=recorder)
        except Findings as found:
            progress.__exit__()
            raise Findings(*(replace(each, again=run_again(setup)) for each in found.diagnostics)) from None


def _write_files(setup: Setup, text: str, recorder: Recorder | None, given: dict[str, Any]) -> None:
    from splx.base.atomic import replacing, write_text  # noqa: PLC0415 - only for files

    if given["save"]:
        write_text(given["save"], text)
    if recorder is not None:
        from splx.trace.events import lines  # noqa: PLC0415

        system = setup.system()
        names = {
            "source": system.sources,
            "irq": [each.name for each in system.irqs],
            "context": [each.name for each in system.contexts],
        }
        path: str | Path = given["trace"]
        with replacing(path) as file:
            file.writelines(line.encode() for line in lines(recorder.events(), names))


def _show(setup: Setup, result: Result, *, every: bool) -> None:
    from splx.cli.again import choices, command_line, compared, run_again  # noqa: PLC0415 - heavy
    from splx.report.console import console_for  # noqa: PLC0415
    from splx.report.run import show_run  # noqa: PLC0415

    show_run(result, console_for(sys.stdout), choices=choices(setup), every=every)
    other = "doran-2006" if setup.design != "doran-2006" else "netbsd-5"
    click.echo(f"again: {run_again(setup)}")
    click.echo(f"next:  {command_line(['compare', *compared(setup, [setup.design, other]), '--seeds', '5'])}")
