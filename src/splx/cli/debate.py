"""`splx debate`: each claim of 2006, measured."""

from __future__ import annotations

import json
import sys
from string import ascii_lowercase
from typing import TYPE_CHECKING

import click

from splx.cli import options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from splx.debate import Experiment, Settled

EPILOG = """\b
Examples:
  splx debate
  splx debate C5 --machine pentium-apic
  splx debate C5a --source > mine.py
  splx debate --json
"""


@click.command("debate", epilog=EPILOG)
@click.argument("numbers", nargs=-1, metavar="[CLAIM]...")
@options.MACHINE
@click.option(
    "--jobs", type=click.IntRange(1, 256), metavar="N", help="Processes at once; one for each CPU unless given."
)
@click.option("--source", is_flag=True, help="Print the scenario of one CLAIM, to be copied.")
@options.JSON
def command(numbers: Sequence[str], machine: str, jobs: int | None, *, source: bool, as_json: bool) -> None:
    """Settle the claims of the 2006 debate about interrupts as threads, all of them or those named, on a machine.

    For each: who said it, what was varied, what came out, and a verdict computed from that by a written rule. With one
    CLAIM: the whole of its experiments, and the command lines to see them again. Some claims have several: C6 is C6a
    and C6b.
    """
    chosen = _chosen(numbers)
    if source:
        if len(chosen) != 1:
            among = f": one of {', '.join(each.claim.number for each in chosen)}" if numbers else ""
            one = chosen[0].claim.number if numbers else "C5a"
            raise click.UsageError(f"whose source{among}? `splx debate {one} --source`")
        click.echo(_text(chosen[0]), nl=False)
        return
    options.warn_of_designs(each.setup(side, each.axis.values[0], machine) for each in chosen for side in each.sides)
    settled = _settle(chosen, machine, jobs)
    if as_json:
        click.echo(json.dumps([each.to_json() for each in settled], indent=1, ensure_ascii=False))
        return
    from splx.report.console import console_for  # noqa: PLC0415 - heavy
    from splx.report.debate import show_claim, show_debate  # noqa: PLC0415

    console = console_for(sys.stdout)
    if len(numbers) == 1:
        for each in settled:
            show_claim(each, console)
    else:
        show_debate(settled, machine, console)
        click.echo(f"next: splx debate {settled[0].experiment.claim.number} --machine {machine}")


def _chosen(numbers: Sequence[str]) -> list[Experiment]:
    """The experiments that are meant; usage error for a claim that there is none of."""
    from splx.debate import claims  # noqa: PLC0415 - heavy

    known = claims()
    found: list[Experiment] = []
    for number in numbers:
        asked = number.upper()
        meant = [each for name, each in known.items() if asked in (name.upper(), name.rstrip(ascii_lowercase))]
        if not meant:
            raise click.UsageError(f"there is no experiment for `{number}`: there are {', '.join(known)}")
        found += meant
    return found or list(known.values())


def _text(experiment: Experiment) -> str:
    from splx.scenario.load import find_scenario  # noqa: PLC0415 - heavy

    return find_scenario(experiment.scenario).read_text(encoding="utf-8")


def _settle(chosen: Sequence[Experiment], machine: str, jobs: int | None) -> list[Settled]:
    from splx.cli.progress import Progress  # noqa: PLC0415 - heavy
    from splx.debate import settle, workers  # noqa: PLC0415

    found = []
    with Progress("debating") as progress, workers(jobs) as pool:
        for before, experiment in enumerate(chosen):

            def tell(done: int, points: int, what: str, before: int = before) -> None:
                progress(before * points + done, len(chosen) * points, what)

            found.append(settle(experiment, machine, jobs=jobs, pool=pool, progress=tell))
    return found
