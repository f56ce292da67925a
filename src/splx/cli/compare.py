"""`splx compare`: several kernels on the same load."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from splx.base.exits import Exit
from splx.cli import options

if TYPE_CHECKING:
    from splx.compare import Comparison
    from splx.simulate.setup import Setup

EPILOG = """\b
Examples:
  splx compare nic.py --designs netbsd-2006,netbsd-2006-deferred,doran-2006,netbsd-5
  splx compare nic.py --designs doran-2006:line_at=IPL_NET,doran-2006:line_at=IPL_AUDIO --seeds 10
  splx compare nic.py --designs netbsd-5,doran-2006 --cpus 4 --time 10s --json
  splx compare nic.py --all-designs --time 100ms
"""


@click.command("compare", epilog=f"{options.SCENARIOS}\n{EPILOG}")
@options.SCENARIO
@click.option("--designs", default="netbsd-2006,netbsd-2006-deferred,doran-2006,netbsd-5", show_default=True,
              metavar="NAME,NAME", help="The kernels; a name may carry options: NAME:OPTION=CHOICE.")  # fmt: skip
@click.option("--all-designs", is_flag=True, help="Every kernel; who cannot honour a call of the scenario says so.")
@options.SYSTEM
@options.TIME
@click.option("--seeds", type=click.IntRange(1, 1000), default=3, show_default=True, metavar="N",
              help="How many seeds: the noise between them is what a difference has to exceed.")  # fmt: skip
@click.option(
    "--first-seed", type=options.SEED, default=1, show_default=True, metavar="N", help="The first of the seeds."
)
@options.TIES
@options.ENGINE
@click.option(
    "--jobs", type=click.IntRange(1, 256), metavar="N", help="Processes at once; as many as pay unless given."
)
@options.ALL
@options.JSON
@options.SAVE
@click.pass_context
def command(ctx: click.Context, /, scenario: str, designs: str, **given: Any) -> int:  # noqa: ANN401 - as passed
    """Run several kernels on SCENARIO, side by side, and say which differences exceed the noise between seeds.

    Under one seed all kernels see the same arrivals and the same work, so they are compared seed by seed. Ctrl-C ends
    with the runs that are done (exit 3). Exit 1: the run of one ended in a finding. 2: bad input; a kernel cannot
    honour a call of SCENARIO.
    """
    names = _names(ctx, designs, every=given["all_designs"])
    setup = options.setup_of(scenario, names[0] if names else "", given)
    seeds = range(given["first_seed"], given["first_seed"] + given["seeds"])
    comparison = _compare(setup, names, list(seeds), given["jobs"])
    from splx.cli.record import recorded, text_of  # noqa: PLC0415 - heavy

    text = text_of(comparison.to_json(), recorded(setup, names, seeds))
    if given["save"]:
        from splx.base.atomic import write_text  # noqa: PLC0415 - only for a file

        write_text(given["save"], text)
    if given["as_json"]:
        click.echo(text, nl=False)
    else:
        _show(setup, comparison, every=given["every"])
    if not comparison.complete:
        click.echo("stopped before the end: the comparison is partial", err=True)
        return Exit.GAVE_UP
    return Exit.FINDING if comparison.findings else Exit.BAD_INPUT if comparison.refused else Exit.HOLDS


def _names(ctx: click.Context, designs: str, *, every: bool) -> list[str]:
    """The designs that are meant."""
    if not every:
        return [each for each in _split(designs) if each]
    if ctx.get_parameter_source("designs") is not click.core.ParameterSource.DEFAULT:
        raise click.UsageError("--designs and --all-designs: it is one or the other")
    from splx.scenario.designs import designs as known  # noqa: PLC0415 - heavy

    return list(known())


def _split(text: str) -> list[str]:
    """Designs by commas; a comma before an option belongs to the design before it."""
    found: list[str] = []
    for each in text.split(","):
        if "=" in each and ":" not in each and found:
            found[-1] += f",{each}"
        else:
            found.append(each.strip())
    return found


def _compare(setup: Setup, names: list[str], seeds: list[int], jobs: int | None) -> Comparison:
    from splx.cli.progress import Progress  # noqa: PLC0415 - heavy
    from splx.compare import compare, setups_of  # noqa: PLC0415

    options.warn_of_designs(setups_of(setup, names).values())
    with Progress("comparing") as progress:
        return compare(setup, names, seeds, jobs=jobs, progress=progress, notice=progress.notice)


def _show(setup: Setup, comparison: Comparison, *, every: bool) -> None:
    from dataclasses import replace  # noqa: PLC0415 - heavy

    from splx.base.render import show  # noqa: PLC0415
    from splx.cli.again import choices, compare_again, run_again  # noqa: PLC0415
    from splx.report.compare import show_comparison  # noqa: PLC0415
    from splx.report.console import console_for  # noqa: PLC0415

    show_comparison(comparison, console_for(sys.stdout), choices=choices(setup), every=every)
    for name, finding in comparison.findings.items():
        click.echo(f"\n{name} is left out: its run ended in a finding")
        show([replace(finding, again=run_again(replace(setup, design=name)))], sys.stdout)
    click.echo(f"again: {compare_again(setup, comparison.designs, comparison.seeds)}")
    if comparison.compared:
        click.echo(f"next:  {run_again(replace(setup, design=comparison.compared[-1]))}")
