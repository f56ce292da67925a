"""`splx check`: every interleaving of a scenario under a kernel."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from splx.base.exits import Exit
from splx.cli import options

if TYPE_CHECKING:
    from splx.check.loading import Bounds
    from splx.check.verdict import Verdict
    from splx.simulate.setup import Setup

EPILOG = """\b
Examples:
  splx check locks.py
  splx check locks.py --design doran-2006 --memory tso
  splx check locks.py --all-designs
  splx check locks.py --property asleep --property unheard
  splx check --properties
  splx check nic.py --budget nic0=2 --states 1000000 --save finding.json
"""


def _list_properties(ctx: click.Context, _: click.Parameter, asked: bool) -> None:  # noqa: FBT001 - as click calls it
    """Print the list of properties, and end."""
    if asked:
        from splx.check.properties import properties  # noqa: PLC0415 - heavy
        from splx.report.check import show_properties  # noqa: PLC0415
        from splx.report.console import console_for  # noqa: PLC0415

        show_properties(properties(), console_for(sys.stdout))
        ctx.exit()


@click.command("check", epilog=EPILOG)
@options.SCENARIO
@options.DESIGN
@options.CPUS
@options.SETTINGS
@options.LINE_AT
@options.MECHANISMS
@options.MUTANTS
@click.option("--all-designs", is_flag=True, help="Under every kernel: a table of answers.")
@click.option("--property", "only", multiple=True, metavar="NAME", help="Look for this only; may be repeated.")
@click.option("--properties", is_flag=True, is_eager=True, expose_value=False, callback=_list_properties,
              help="List what is looked for, and end.")  # fmt: skip
@click.option("--memory", type=click.Choice(["sc", "tso"]), default="sc", show_default=True,
              help="Sequentially consistent, or with store buffers as on x86.")  # fmt: skip
@click.option("--budget", "budgets", multiple=True, metavar="DEVICE=N", help="Arrivals of a device, in all.")
@click.option("--fair", multiple=True, metavar="DEVICE", help="Its arrivals keep coming, for `starvation`.")
@click.option("--ring", type=click.IntRange(1, 255), default=1, show_default=True, metavar="N",
              help="Items that may wait at a device.")  # fmt: skip
@click.option("--states", type=click.IntRange(1), metavar="N", help="Give up after so many states.")
@click.option("--single", is_flag=True, help="Every instruction is a step: slow, and the same answer.")
@options.ENGINE
@options.JSON
@click.option(
    "--save", type=click.Path(dir_okay=False), metavar="FILE", help="Write a finding to a file, for `splx replay`."
)
def command(scenario: str, design: str, **given: Any) -> int:  # noqa: ANN401 - options as click passes them
    """Can SCENARIO ever go wrong? Look at every interleaving of its steps, arrivals and interrupts.

    Exit 0: it holds. 1: a finding, with the shortest story. 2: bad input. 3: not everything was seen.
    """
    setup = options.setup_of(scenario, design, {**given, "machine": "ideal"})
    bounds = _bounds(given)
    if given["all_designs"]:
        return _all(setup, bounds, given)
    verdict = _check(setup, bounds, given)
    from splx.cli.finding_file import finding_file  # noqa: PLC0415 - heavy

    file = finding_file(setup, verdict)
    if given["save"] and verdict.finding is not None:
        from splx.base.atomic import write_text  # noqa: PLC0415

        write_text(given["save"], file)
    if given["as_json"]:
        click.echo(file, nl=False)
    else:
        _show(setup, verdict, given["save"])
    return _exit(verdict)


def _exit(verdict: Verdict) -> Exit:
    if verdict.finding is not None:
        return Exit.FINDING
    return Exit.HOLDS if verdict.complete else Exit.GAVE_UP


def _all(setup: Setup, bounds: Bounds, given: dict[str, Any]) -> int:
    """A line for each kernel that the scenario can be built under, and the worst of the exit codes."""
    from splx.cli.finding_file import finding_file  # noqa: PLC0415 - heavy
    from splx.report.check import show_all  # noqa: PLC0415
    from splx.report.console import console_for  # noqa: PLC0415
    from splx.scenario.designs import designs  # noqa: PLC0415

    setups = [setup.with_(design=name, options=setup.options if name == setup.design else ()) for name in designs()]
    verdicts = [(each, _check(each, bounds, given)) for each in setups]
    if given["as_json"]:
        files = ",\n".join(finding_file(each, verdict).rstrip() for each, verdict in verdicts)
        click.echo(f"[\n{files}\n]")
    else:
        show_all(setup.scenario, [(each.design, verdict) for each, verdict in verdicts], console_for(sys.stdout))
    codes = {_exit(verdict) for _, verdict in verdicts}
    return next(each for each in (Exit.FINDING, Exit.GAVE_UP, Exit.HOLDS) if each in codes)


def _bounds(given: dict[str, Any]) -> Bounds:
    from splx.check.loading import Bounds  # noqa: PLC0415 - heavy
    from splx.simulate.setup import parse_settings  # noqa: PLC0415

    budgets = {name: _number(name, number) for name, number in parse_settings(given["budgets"])}
    return Bounds(
        ring=given["ring"], budgets=budgets, tso=given["memory"] == "tso", single=given["single"],
        states=given["states"] or 1 << 60, fair=given["fair"],
    )  # fmt: skip


def _number(device: str, text: str) -> int:
    """How many arrivals."""
    if not text.isdigit():
        raise click.UsageError(f"`{text}` is no number of arrivals of {device}: write `--budget {device}=3`")
    return int(text)


def _check(setup: Setup, bounds: Bounds, given: dict[str, Any]) -> Verdict:
    """Search, with progress; Ctrl-C gives the partial answer."""
    from splx.check.verdict import check  # noqa: PLC0415 - heavy
    from splx.cli.progress import Counting  # noqa: PLC0415
    from splx.simulate.engine import interruptible  # noqa: PLC0415

    system = setup.system()
    for what, named in (("a budget", bounds.budgets), ("--fair", bounds.fair)):
        unknown = set(named) - {each.name for each in system.devices}
        if unknown:
            known = ", ".join(each.name for each in system.devices) or "none"
            raise click.UsageError(f"no device {min(unknown)} for {what}: there is {known}")
    with Counting("states") as counting, interruptible() as stop:
        return check(
            system,
            bounds,
            only=given["only"],
            engine=given["engine"],
            progress=lambda counts: counting.count(counts.states),
            stopped=lambda: stop.asked,
        )


def _show(setup: Setup, verdict: Verdict, saved: str | None) -> None:
    from splx.report.check import show_verdict  # noqa: PLC0415 - heavy
    from splx.report.console import console_for  # noqa: PLC0415

    show_verdict(setup.scenario, setup.design, verdict, console_for(sys.stdout))
    if verdict.finding is not None:
        click.echo(f"replay: splx replay {saved}" if saved else "again with `--save finding.json` to replay it")
