"""`splx machines`: the cost models there are."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from splx.cli import options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from splx.machine.models import CostModel, Figure

EPILOG = """\b
Examples:
  splx machines
  splx machines x86-2020
  splx machines x86-2020 --toml > board.toml
  splx machines ./board.toml
"""

#: What tells machines apart at a glance.
SHOWN = ("locked", "level", "trap", "mask", "eoi", "dev_read", "switch")


@click.command("machines", epilog=EPILOG)
@click.argument("name", required=False)
@click.option("--toml", "as_toml", is_flag=True, help="Print the file of NAME, to write one of your own from.")
@options.JSON
def command(name: str | None, *, as_toml: bool, as_json: bool) -> None:
    """List the cost models there are, or show every figure of the one of NAME (or of your file) with its source."""
    from splx.machine.models import load, load_all, shipped  # noqa: PLC0415 - heavy

    found = [load(name)] if name else load_all()
    if name:
        options.warn_of(name)
    if as_toml:
        if name not in shipped():
            raise click.UsageError("--toml prints the file of one of the machines that ship: name it")
        click.echo(shipped()[name].read_text(), nl=False)
    elif as_json:
        click.echo(json.dumps([_data(each) for each in found], indent=1, ensure_ascii=False))
    elif name:
        _show_one(found[0], name)
    else:
        _show_all(found)


def _figures(model: CostModel) -> Iterator[tuple[str, Figure]]:
    for kinds in (model.costs, model.transfers):
        for kind, figure in kinds.items():
            yield kind.name.lower(), figure


def _data(model: CostModel) -> dict[str, object]:
    return {
        "name": model.name,
        "title": model.title,
        "cycle_ps": str(model.cycle.ps),
        "gate_by_priority": model.gate_by_priority,
        "edge_lost": model.edge_lost,
        "controller_source": model.controller,
        "figures": {
            name: {"ps": each.ps, "written": each.written, "source": each.source} for name, each in _figures(model)
        },
    }


def _show_all(found: list[CostModel]) -> None:
    from splx.report.amounts import duration  # noqa: PLC0415 - heavy
    from splx.report.console import console_for, put, table  # noqa: PLC0415

    made = table("Machines", "name", "cycle", *(each.replace("dev_read", "device") for each in SHOWN), "estimates")
    for model in found:
        figures = dict(_figures(model))
        guesses = sum(each.estimated for each in figures.values())
        cells = [duration(figures[each].ps) if figures[each].ps else "0" for each in SHOWN]
        made.add_row(model.name, duration(model.cycle.ps), *cells, f"{guesses} of {len(figures)}")
    put(made, console_for(sys.stdout))
    for model in found:
        click.echo(f"  {model.name}: {model.title}")
    click.echo(f"next: splx machines {found[-1].name}")


def _show_one(model: CostModel, name: str) -> None:
    from splx.report.amounts import duration  # noqa: PLC0415 - heavy
    from splx.report.console import console_for, put, table  # noqa: PLC0415

    made = table(f"{model.name}: {model.title}", "class", "cost", "as written", "source")
    made.columns[3].justify = "left"
    made.columns[3].no_wrap = False
    for kind, each in _figures(model):
        made.add_row(kind, duration(each.ps) if each.ps else "0", each.written, each.source)
    made.add_section()
    manners = f"gate_by_priority = {model.gate_by_priority}, edge_lost = {model.edge_lost}".lower()
    made.add_row("controller", "", "", f"{manners}: {model.controller}")
    put(made, console_for(sys.stdout))
    click.echo(f"next: splx run SCENARIO --machine {name}")
