"""Options that several commands share, and the setup they make."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from splx.simulate.setup import Setup

F = TypeVar("F", bound=Callable[..., Any])

#: Beside files of one's own: what comes with splx, by name. Read from the folder, as importing that room takes long.
SHIPPED = sorted(each.stem for each in (Path(__file__).parents[1] / "scenario" / "library").glob("[!_]*.py"))
SCENARIOS = f"""\b
SCENARIO is a Python file, or comes with splx: {", ".join(SHIPPED)}; and cases/NAME, see `splx cases`.
"""

_FILE = click.Path(dir_okay=False)

#: A seed, and the number after it, fit in a word of the machine.
SEED = click.IntRange(-(1 << 62), 1 << 62)

SCENARIO = click.argument("scenario", type=_FILE)
DESIGN = click.option(
    "--design",
    default="netbsd-5",
    show_default=True,
    metavar="NAME",
    help="The kernel, perhaps with options: NAME:OPTION=CHOICE,...; see `splx designs NAME`.",
)
MACHINE = click.option(
    "--machine",
    default="x86-2020",
    show_default=True,
    metavar="NAME|FILE",
    help="The cost model: a name (see `splx machines`) or a file of yours, perhaps with figures that are changed: "
    "x86-2020:mask=300ns,unmask=300ns.",
)
CPUS = click.option(
    "--cpus", type=click.IntRange(1, 64), metavar="N", help="How many CPUs; as many as the scenario names unless given."
)
SETTINGS = click.option(
    "--set", "settings", multiple=True, metavar="NAME=VALUE", help="Set a parameter of the scenario."
)
LINE_AT = click.option(
    "--line-at", metavar="LEVEL", help="doran-2006: the lowest level whose handlers stay traditional."
)
MECHANISMS = click.option(
    "--mechanism",
    "mechanisms",
    multiple=True,
    metavar="FILE",
    type=_FILE,
    help="A mechanism of yours, in place of ours of the same names.",
)
MUTANTS = click.option(
    "--mutant", "mutants", multiple=True, metavar="NAME", help="Leave out a guard of the kernel: m1, m2, m4 ..."
)
TIME = click.option(
    "--time", default="1s", show_default=True, metavar="TIME", help="How long to simulate: 10s, 250ms, 40us."
)
TIES = click.option(
    "--ties",
    default="declared",
    show_default=True,
    metavar="ORDER",
    help="Order of simultaneous events: declared, reversed, or a number that seeds it.",
)
ENGINE = click.option(
    "--engine",
    type=click.Choice(["native", "plain"]),
    default="native",
    show_default=True,
    help="Compiled, or the same functions as plain Python: slow, and the same result.",
)
JSON = click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
FORMAT = click.option(
    "--format", "form", type=click.Choice(["text", "json", "junit", "sarif", "github"]), default="text",
    show_default=True, help="For people, or for other programs: JUnit XML, SARIF, annotations of a GitHub workflow.",
)  # fmt: skip
ALL = click.option("--all", "every", is_flag=True, help="Show every source and every CPU.")
SAVE = click.option("--save", type=_FILE, metavar="FILE", help="Write the JSON to a file as well.")


def format_of(given: dict[str, Any]) -> str:
    """What `--format` says, or `--json`, which is short for one of them."""
    form: str = given["form"]
    if given["as_json"] and form not in ("text", "json"):
        raise click.UsageError(f"--json and --format {form}: it is one or the other")
    return "json" if given["as_json"] else form


def together(*options: Callable[[F], F]) -> Callable[[F], F]:
    """Several options as one decorator, in this order in the help."""

    def decorate(function: F) -> F:
        for each in reversed(options):
            function = each(function)
        return function

    return decorate


SYSTEM = together(MACHINE, CPUS, SETTINGS, LINE_AT, MECHANISMS)


def setup_of(scenario: str, design: str, given: dict[str, Any]) -> Setup:
    """The setup that the options say. SplxError for a time, order or setting that cannot be read, and for a file of
    results that cannot be written: known now, not when there are some.
    """
    from splx.base.atomic import check_place  # noqa: PLC0415
    from splx.simulate.setup import Setup, parse_settings, parse_ties, parse_time  # noqa: PLC0415 - heavy

    if "form" in given:
        format_of(given)
    for file in (given.get("save"), given.get("trace")):
        if file:
            check_place(file)
    line = given.get("line_at")
    warn_of(given["machine"])
    return Setup(
        scenario=scenario,
        design=design,
        machine=given["machine"],
        cpus=given["cpus"] or 0,
        time=parse_time(given.get("time", "1s")),
        seed=given.get("seed", 1),
        ties=parse_ties(given.get("ties", "declared")),
        settings=parse_settings(given["settings"]),
        options=(("line_at", line),) if line else (),
        mechanisms=given["mechanisms"],
        mutants=given.get("mutants", ()),
        engine=given.get("engine", "native"),
    )


def warn_of(machine: str) -> None:
    """Say on standard error what is doubtful about a user's own cost model. SplxError if it cannot be used."""
    from splx.base.render import show  # noqa: PLC0415 - only for a user's model
    from splx.machine.models import load, shipped  # noqa: PLC0415 - heavy

    if machine not in shipped():
        show(load(machine).doubts, sys.stderr)


def warn_of_designs(setups: Iterable[Setup]) -> None:
    """Say on standard error which combinations that are wrong by construction were chosen, and what is not known of the
    user's mechanisms, once for each design.
    """
    from splx.base.render import show  # noqa: PLC0415 - only for such a design
    from splx.scenario.designs import designs  # noqa: PLC0415 - heavy
    from splx.scenario.validator import chosen, unjudged  # noqa: PLC0415 - heavy

    changed = {each.kernel: each for each in setups if each.kernel not in designs()}
    made = [each.made_design() for each in changed.values()]
    warnings = [w for each in made for w in (*chosen(each, designs()[each.name]), *unjudged(each))]
    show(dict.fromkeys(warnings), sys.stderr)
