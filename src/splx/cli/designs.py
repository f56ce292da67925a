"""`splx designs`: the kernels there are."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from splx.cli import options

if TYPE_CHECKING:
    from splx.scenario.design import Design

EPILOG = """\b
Examples:
  splx designs
  splx designs doran-2006
  splx designs --matrix
  splx designs linux --calls
  splx designs netbsd-5 --rules
  splx designs --pairs
  splx designs --json
"""


@click.command("designs", epilog=EPILOG)
@click.argument("name", required=False)
@click.option("--matrix", is_flag=True, help="What each chose, in codes, and what one interrupt costs, as measured.")
@click.option("--calls", is_flag=True, help="What becomes of each call of a driver, and why.")
@click.option("--rules", is_flag=True, help="Who may take which lock and sleep where, and what is said to who may not.")
@click.option("--pairs", is_flag=True, help="Designs that differ in one axis, and what a run shows of that.")
@options.JSON
def command(name: str | None, *, as_json: bool, **tables: bool) -> None:
    """List the kernels there are, or show what the one of NAME chose on each axis."""
    wanted = [show for which, show in _TABLES.items() if tables[which]]
    if wanted:
        wanted[0](name, as_json=as_json)
        return
    from splx.scenario.designs import design, designs  # noqa: PLC0415 - heavy

    found = [design(name)] if name else list(designs().values())
    if as_json:
        click.echo(json.dumps([_data(each) for each in found], indent=1, ensure_ascii=False))
    elif name:
        _show_one(found[0])
    else:
        _show_all(found)


def _matrix(name: str | None, *, as_json: bool) -> None:
    from splx.report.console import console_for  # noqa: PLC0415 - heavy
    from splx.report.designs import matrix_data, show_matrix  # noqa: PLC0415 - heavy
    from splx.scenario.designs import design  # noqa: PLC0415 - heavy
    from splx.scenario.variants import variants  # noqa: PLC0415 - heavy
    from splx.simulate.uncontended import operations  # noqa: PLC0415 - heavy

    asked = variants(design(name).name) if name else variants()
    asked = {name: design(name)} if name and ":" in name else asked
    measured = {each: (made, operations(made)) for each, made in asked.items()}
    if as_json:
        click.echo(json.dumps(matrix_data(measured), indent=1, ensure_ascii=False))
        return
    show_matrix(measured, console_for(sys.stdout))
    click.echo("next: splx designs netbsd-5")


def _calls(name: str | None, *, as_json: bool) -> None:
    from splx.report.calls import calls_data, show_calls  # noqa: PLC0415 - heavy
    from splx.report.console import console_for  # noqa: PLC0415 - heavy
    from splx.scenario.designs import design, designs  # noqa: PLC0415 - heavy

    asked = {name: design(name)} if name else designs()
    if as_json:
        click.echo(json.dumps(calls_data(asked), indent=1, ensure_ascii=False))
        return
    show_calls(asked, console_for(sys.stdout))
    click.echo("next: splx explain S0303" if name else "next: splx designs linux --calls")


def _rules(name: str | None, *, as_json: bool) -> None:
    from splx.report.console import console_for  # noqa: PLC0415 - heavy
    from splx.report.rules import rules_data, show_rules  # noqa: PLC0415 - heavy
    from splx.scenario.designs import design, designs  # noqa: PLC0415 - heavy

    asked = {name: design(name)} if name else designs()
    if as_json:
        click.echo(json.dumps(rules_data(asked), indent=1, ensure_ascii=False))
        return
    show_rules(asked, console_for(sys.stdout))
    click.echo(f"next: splx designs {'netbsd-5 --rules' if name is None else name}")


def _pairs(name: str | None, *, as_json: bool) -> None:
    from splx.compare.pairs import PAIRS, shown  # noqa: PLC0415 - heavy
    from splx.report.console import console_for  # noqa: PLC0415 - heavy
    from splx.report.pairs import again, pairs_data, show_pairs  # noqa: PLC0415 - heavy
    from splx.scenario.designs import design  # noqa: PLC0415 - heavy

    known = design(name).name if name else ""
    asked = [pair for pair in PAIRS if not known or any(design(each.design).name == known for each in pair.sides)]
    measured = [(pair, [shown(pair, side) for side in pair.sides]) for pair in asked]
    if as_json:
        click.echo(json.dumps(pairs_data(measured), indent=1, ensure_ascii=False))
        return
    show_pairs(measured, console_for(sys.stdout))
    click.echo(f"next: {again(asked[-1], asked[-1].sides[0])}" if asked else "next: splx designs --pairs")


#: What is shown in place of the list, by option.
_TABLES = {"matrix": _matrix, "calls": _calls, "rules": _rules, "pairs": _pairs}


def _data(design: Design) -> dict[str, object]:
    from splx.scenario.restrictions import restrictions  # noqa: PLC0415 - heavy

    options_ = [
        {"name": each.name, "title": each.title, "choices": list(each.choices), "default": each.default}
        for each in design.options
    ]
    return {
        "name": design.name,
        "title": design.title,
        "axes": dict(design.choices),
        "vector": dict(design.vector),
        "accepted": dict(design.accepted),
        "restrictions": list(restrictions(design)),
        "forbidden": {place: list(acts) for place, acts in design.forbidden.items()},
        "levels": [list(names) for names in design.rungs],
        "mechanisms": list(design.mechanisms),
        "options": options_,
    }


def _show_all(found: list[Design]) -> None:
    from splx.report.console import console_for, put, table  # noqa: PLC0415 - heavy

    made = table("Designs", "name", "")
    made.columns[1].justify = "left"
    made.columns[1].no_wrap = False
    for each in found:
        made.add_row(each.name, each.title)
    put(made, console_for(sys.stdout))
    click.echo(f"next: splx designs {found[-1].name}")


def _show_one(design: Design) -> None:
    from splx.report.console import console_for, put, table  # noqa: PLC0415 - heavy
    from splx.scenario.legality import ACTS  # noqa: PLC0415 - heavy
    from splx.scenario.restrictions import restrictions  # noqa: PLC0415 - heavy

    made = table(f"{design.name}: {design.title}", "axis", "choice", "codes")
    made.columns[1].justify = made.columns[2].justify = "left"
    made.columns[1].no_wrap = made.columns[2].no_wrap = False
    for axis, choice in design.choices.items():
        made.add_row(axis, choice, design.vector.get(axis, ""))
    made.add_section()
    made.add_row("levels", " < ".join("=".join(each.removeprefix("IPL_") for each in names) for names in design.rungs))
    made.add_row("mechanisms", ", ".join(design.mechanisms))
    for option in design.options:
        choices = ", ".join(option.choices)
        made.add_row(f":{option.name}=", f"{option.title}: {choices} ({option.default})")
    for rule in restrictions(design):
        made.add_row("restriction", rule)
    for place, refused in design.forbidden.items():
        made.add_row(f"refused, {place}", ", ".join(ACTS[act] for act in refused))
    for rule, why in design.accepted.items():
        made.add_row(rule, why)
    put(made, console_for(sys.stdout))
    click.echo(f"next: splx run first --design {design.name}{_example(design)}")


def _example(design: Design) -> str:
    """Every option of the design with a choice that is not the usual one, as it is written behind the name."""
    words = [f"{each.name}={each.choices[each.choices[0] == each.default]}" for each in design.options]
    return f":{','.join(words)}" if words else ""
