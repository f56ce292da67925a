"""`splx cases`: the catalogue of bugs."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from splx.cli import options

if TYPE_CHECKING:
    from splx.scenario.cases import Case

EPILOG = """\b
Examples:
  splx cases
  splx cases a9
  splx cases a9 --source > mine.py
  splx cases --mutants
"""


@click.command("cases", epilog=EPILOG)
@click.argument("name", required=False)
@click.option("--source", is_flag=True, help="Print the scenario of NAME, to be copied.")
@click.option("--mutants", is_flag=True, help="List the guards that `--mutant` leaves out.")
@options.JSON
def command(name: str | None, *, source: bool, mutants: bool, as_json: bool) -> None:
    """List the catalogue of bugs, or show the case of NAME: what goes wrong, and how to see it found and cured."""
    from splx.scenario.cases import CASES, case  # noqa: PLC0415 - heavy

    if source and name is None:
        raise click.UsageError("whose source? `splx cases a9 --source`")
    if mutants:
        _show_mutants(as_json=as_json)
    elif name is not None and source:
        click.echo(case(name).file.read_text(encoding="utf-8"), nl=False)
    elif as_json:
        found = CASES if name is None else (case(name),)
        click.echo(json.dumps([_data(each) for each in found], indent=1, ensure_ascii=False))
    elif name is not None:
        _show_one(case(name))
    else:
        _show_all(CASES)


def _data(each: Case) -> dict[str, object]:
    trials = [
        {"command": each.command(trial), "finds": trial.finds or None, "why": trial.why or None}
        for trial in each.trials
    ]
    return {
        "name": each.name,
        "title": each.title,
        "scenario": f"cases/{each.name}",
        "file": str(each.file),
        "mechanism": each.mechanism,
        "trials": trials,
    }


def _show_all(found: tuple[Case, ...]) -> None:
    from splx.report.console import console_for, put, table  # noqa: PLC0415 - heavy

    made = table("The catalogue of bugs", "name", "what goes wrong", "knob")
    for column in made.columns[1:]:
        column.justify, column.no_wrap = "left", False
    for each in found:
        made.add_row(each.name, each.title, each.trials[0].knob() or "none: the driver is wrong")
    put(made, console_for(sys.stdout))
    click.echo(f"next: splx cases {found[0].name}")


def _show_one(each: Case) -> None:
    click.echo(each.essay)
    click.echo()
    for trial in each.trials:
        click.echo(f"{each.command(trial)}\n    {trial.outcome()}")
    click.echo(f"\nthe file: {each.file}\nnext: {each.command(each.trials[0])}")


def _show_mutants(*, as_json: bool) -> None:
    from splx.scenario.mutants import MUTANTS  # noqa: PLC0415 - heavy

    if as_json:
        rows = [
            {"name": each.name, "without": each.without, "fails": each.fails, "memory": each.memory,
             "design": each.design, "mechanisms": sorted({edit.mechanism for edit in each.edits})}
            for each in MUTANTS
        ]  # fmt: skip
        click.echo(json.dumps(rows, indent=1, ensure_ascii=False))
        return
    from splx.report.console import console_for, put, table  # noqa: PLC0415 - heavy

    made = table("Kernels without a guard", "name", "design", "memory", "what it is without", "what goes wrong then")
    for column in made.columns[1:]:
        column.justify, column.no_wrap = "left", False
    for each in MUTANTS:
        made.add_row(each.name, each.design, each.memory, each.without, each.fails)
    put(made, console_for(sys.stdout))
    click.echo(f"next: splx check SCENARIO --mutant {MUTANTS[0].name}")
