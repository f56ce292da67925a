"""`splx check`: every interleaving of a scenario under a kernel."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from splx.base.exits import Exit
from splx.cli import options
from splx.cli.output import for_programs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from splx.api import Checked
    from splx.base.diagnostics import Diagnostic, SplxError
    from splx.check.loading import Bounds
    from splx.simulate.setup import Setup

EPILOG = """\b
Examples:
  splx check locks.py
  splx check locks.py --design doran-2006 --memory tso
  splx check locks.py --all-designs
  splx check locks.py --property asleep --property unheard
  splx check --properties
  splx check nic.py --budget nic0=2 --states 1000000 --save finding.json
  splx check nic.py --format sarif > splx.sarif
  splx check locks.py --verify-reduction
  splx check clients/line --budget card=1 --verify-reduction
  splx check --kernel netbsd-5
  splx check --kernel doran-2006 --client line --memory tso --mutant m4
  splx check nic.py --max-memory 4GB --resume seen
  splx check nic.py --cpus 4 --cost 2 -j 2
  splx check nic.py --explain-state
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
@click.argument("scenario", type=click.Path(dir_okay=False), required=False)
@click.option("--kernel", metavar="NAME", help="In place of SCENARIO: a kernel's own primitives, in any legal order.")
@click.option("--client", "clients", multiple=True, metavar="NAME", help="With --kernel: one client only.")
@click.option("--small", is_flag=True, help="With --kernel: within tighter bounds (netbsd-5: half a minute of CPU).")
@click.option("--lines", is_flag=True, help="With --kernel: which lines of the kernel ran, too.")
@options.DESIGN
@click.option("--machine", default="ideal", show_default=True, metavar="NAME|FILE",
              help="How its interrupt controller behaves; its costs decide nothing here.")  # fmt: skip
@options.CPUS
@options.SETTINGS
@options.LINE_AT
@options.MECHANISMS
@options.MUTANTS
@click.option("--all-designs", is_flag=True, help="Under every kernel: a table of answers.")
@click.option("--property", "only", multiple=True, metavar="NAME", help="Look for this only; may be repeated. "
              "Where a rule is broken a run ends: without `rules`, what comes behind is not decided.")  # fmt: skip
@click.option("--properties", is_flag=True, is_eager=True, expose_value=False, callback=_list_properties,
              help="List what is looked for, and end.")  # fmt: skip
@click.option("--memory", type=click.Choice(["sc", "tso"]), default="sc", show_default=True,
              help="Sequentially consistent, or with store buffers as on x86.")  # fmt: skip
@click.option("--budget", "budgets", multiple=True, metavar="DEVICE=N", help="Arrivals of a device, in all.")
@click.option(
    "--fair", multiple=True, metavar="DEVICE", help="Its arrivals keep coming, for `eventually` and `starvation`."
)
@click.option("--ring", type=click.IntRange(1, 255), default=1, show_default=True, metavar="N",
              help="Items that may wait at a device.")  # fmt: skip
@click.option("--states", type=click.IntRange(1), metavar="N", help="Give up after so many states.")
@click.option("--fuse/--no-fuse", default=True, show_default=True,
              help="One step over words that nobody else can look at then.")  # fmt: skip
@click.option("--single", is_flag=True, help="Every instruction is a step: slow, and the same answer.")
@click.option("--cost", type=click.IntRange(0), metavar="N",
              help="Look at runs with up to so many CPU switches and arrivals together, the fewest first.")  # fmt: skip
@click.option("--max-memory", metavar="SIZE", help="Give up before the tables take more: 2GB, 500MiB. "
              "Half of the machine's unless given.")  # fmt: skip
@click.option("--resume", type=click.Path(file_okay=False), metavar="DIR",
              help="Keep the search in a folder, and go on from what is there.")  # fmt: skip
@click.option("--jobs", "-j", type=click.IntRange(1, 256), metavar="N",
              help="With --all-designs, --kernel: searches at once; one for each CPU unless given. "
              "With --cost: processes for the last cost; one unless given.")  # fmt: skip
@click.option(
    "--verify-reduction",
    is_flag=True,
    help="Search again, every instruction a step, and follow a run. A client of --kernel is the SCENARIO clients/NAME.",
)
@click.option("--explain-state", is_flag=True, help="What the states of the search consist of, in bits and bytes.")
@options.ENGINE
@options.FORMAT
@options.JSON
@click.option(
    "--save",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="Write the first finding to a file, for `splx "
    "replay`. If nothing is found none is written, and one that is there stays.",
)
@click.pass_context
def command(ctx: click.Context, /, scenario: str | None, design: str, **given: Any) -> int:  # noqa: ANN401 - as passed
    """Can SCENARIO ever go wrong? Look at every interleaving of its steps, arrivals and interrupts.

    Exit 0: it holds. 1: a finding, with the shortest story. 2: bad input; a kernel cannot honour a call of it. 3: not
    everything was seen.
    """
    from splx.cli.checking import check_all, refused_by, save_first, tell_unsaved  # noqa: PLC0415 - heavy

    _check_asked(ctx, scenario, given)
    _check_explained(given)
    _check_jobs(given)
    if scenario is None:
        return _kernel(ctx, given)
    from splx.scenario.build.wiring import ANY  # noqa: PLC0415 - heavy

    setup = options.setup_of(scenario, design, given).with_(ties=ANY)
    options.warn_of_designs([setup])
    if given["verify_reduction"]:
        return _verify(setup, _bounds(given), given)
    refused = refused_by(setup) if given["all_designs"] else {}
    verdicts = check_all(setup, _bounds(given), given, refused)
    problem = save_first(verdicts, given["save"])
    _show(verdicts, {**given, "save": None} if problem else given, refused, of_all(setup, verdicts[0]))
    if problem is not None:
        raise problem
    tell_unsaved(verdicts, given["save"])
    codes = {exit_of(each) for each in verdicts} | ({Exit.BAD_INPUT} if refused else set())
    return next(each for each in (Exit.FINDING, Exit.GAVE_UP, Exit.BAD_INPUT, Exit.HOLDS) if each in codes)


def _check_asked(ctx: click.Context, scenario: str | None, given: dict[str, Any]) -> None:
    """Complain if it is not one of the two that is to be checked, or if what is said is for the other."""
    if (scenario is None) == (given["kernel"] is None):
        raise click.UsageError("give a SCENARIO, or `--kernel NAME`, and not both")
    for name, word in (("clients", "--client"), ("small", "--small"), ("lines", "--lines")):
        if given[name] and scenario is not None:
            raise click.UsageError(f"{word} is for --kernel, not for a scenario")
    if scenario is None and is_said(ctx, "design"):
        raise click.UsageError("--kernel says which kernel: no --design")


def is_said(ctx: click.Context, name: str) -> bool:
    """Whether an option stands on the command line."""
    return ctx.get_parameter_source(name) is not click.core.ParameterSource.DEFAULT


def _check_explained(given: dict[str, Any]) -> None:
    """Complain if states are to be explained of something other than one search."""
    several = given["kernel"] is not None or given["all_designs"] or given["verify_reduction"]
    if given["explain_state"] and (several or options.format_of(given) not in ("text", "json")):
        raise click.UsageError(
            "--explain-state is of one search, a text or JSON: no --kernel, --all-designs, --verify-reduction, --format"
        )


def _check_jobs(given: dict[str, Any]) -> None:
    """Complain if several processes are asked for what one has to do."""
    if (given["jobs"] or 1) == 1:
        return
    alone = given["kernel"] is None and not given["all_designs"]
    reasons = {
        "--verify-reduction makes one search after the other": given["verify_reduction"],
        "--lines counts what one process executes": given["lines"],
        "a search that is kept (--resume) is the work of one process": alone and given["resume"],
        "a search by moves is the work of one process, only the last cost of one by --cost is dealt out":
            alone and given["cost"] is None,
    }  # fmt: skip
    for why, so in reasons.items():
        if so:
            raise click.UsageError(f"{why}: no -j {given['jobs']}")


def _kernel(ctx: click.Context, given: dict[str, Any]) -> int:
    """Under both memory models, unless one is named."""
    from splx.cli.check_kernel import check_kernel  # noqa: PLC0415 - heavy

    memories = [given["memory"]] if is_said(ctx, "memory") else ["sc", "tso"]
    return check_kernel(given["kernel"], given, memories, _budgets(given))


def _verify(setup: Setup, bounds: Bounds, given: dict[str, Any]) -> int:
    """Whether the answer is that of single steps, and a run is one of the search; a difference is a mistake of ours."""
    from splx.api.followed import Astray, follow_run  # noqa: PLC0415 - heavy
    from splx.base.diagnostics import SplxError, bug  # noqa: PLC0415
    from splx.cli.checking import verify_all  # noqa: PLC0415 - heavy
    from splx.report.check import show_sides  # noqa: PLC0415
    from splx.report.console import console_for  # noqa: PLC0415

    if given["resume"] or given["save"] or given["cost"] is not None or options.format_of(given) != "text":
        raise click.UsageError(
            "--verify-reduction makes two searches by moves, and a text: no --resume, --cost, --save, --format"
        )
    codes = set()
    console = console_for(sys.stdout)
    for each, sides in verify_all(setup, bounds, given):
        show_sides(each.subject, each.kernel, sides, console)
        if sides.complete and sides.differences:
            raise SplxError(bug(f"larger steps change the answer under {each.kernel}", *sides.differences))
        try:
            followed = follow_run(each.system(), each.machine, tso=bounds.tso)
        except Astray as error:
            raise SplxError(bug(f"a run under {each.kernel} is none of the search", str(error))) from None
        console.print(f"a run on {each.machine} is one of the search: {followed}", markup=False, soft_wrap=True)
        ends = [Exit.HOLDS if side.holds else Exit.FINDING if side.finding else Exit.GAVE_UP
                for side in (sides.asked, sides.single)]  # fmt: skip
        codes |= set(ends) if sides.complete else {Exit.GAVE_UP}
    return next(each for each in (Exit.GAVE_UP, Exit.FINDING, Exit.HOLDS) if each in codes)


def exit_of(verdict: Checked) -> Exit:
    """How a command with this answer ends."""
    if verdict.finding is not None:
        return Exit.FINDING
    return Exit.HOLDS if verdict.holds else Exit.GAVE_UP


def _bounds(given: dict[str, Any]) -> Bounds:
    from splx.check.loading import bounds_for  # noqa: PLC0415 - heavy

    return bounds_for(
        memory=given["memory"], budgets=_budgets(given), ring=given["ring"], single=given["single"],
        states=given["states"], fair=given["fair"], fuse=given["fuse"],
    )  # fmt: skip


def _budgets(given: dict[str, Any]) -> dict[str, int]:
    from splx.simulate.setup import parse_settings  # noqa: PLC0415 - heavy

    return {name: _number(name, number) for name, number in parse_settings(given["budgets"], "--budget DEVICE=N")}


def _number(device: str, text: str) -> int:
    """How many arrivals."""
    if not re.fullmatch("[0-9]{1,18}", text):
        raise click.UsageError(f"`{text}` is no number of arrivals of {device}: write `--budget {device}=3`")
    return int(text)


def of_all(setup: Setup, verdict: Checked) -> str:
    """The command that comes to the answers under every design; one that is named has options."""
    from splx.api.again import check_again, of_scenario  # noqa: PLC0415 - heavy

    words = list(of_scenario(setup, verdict.bounds))
    if ":" not in setup.design:
        at = words.index("--design")
        del words[at : at + 2]
    return check_again([*words, "--all-designs"], verdict)


def _show(
    verdicts: Sequence[Checked], given: dict[str, Any], refused: Mapping[str, SplxError], again: str
) -> None:  # fmt: skip
    """Print the answers as asked: one in full, several as a table, and which kernels refused the scenario. `again` is
    the command that comes to all of them.
    """
    form = options.format_of(given)
    if form == "json":
        _show_json(verdicts, refused, several=given["all_designs"])
    elif form != "text":
        _show_cases(verdicts, form, given["save"], refused)
    elif given["all_designs"]:
        from splx.report.check import show_all  # noqa: PLC0415 - heavy
        from splx.report.console import console_for  # noqa: PLC0415

        setups = [each.setup for each in verdicts if each.setup]
        changed = [*setups[0].mechanisms, *(f"mutant {name}" for name in setups[0].mutants)]
        names = [(setup.design, each) for setup, each in zip(setups, verdicts, strict=True)]
        show_all(", ".join([setups[0].subject, *changed]), names, console_for(sys.stdout))
        for kernel, why in refused.items():
            for each in why.diagnostics:
                click.echo(f"{kernel}: refused: {each.message} ({_place(each)})")
        click.echo(f"again: {again}")
    else:
        _show_one(verdicts[0], given["save"])


def _place(problem: Diagnostic) -> str:
    return f"{Path(problem.span.file).name}:{problem.span.line}" if problem.span is not None else "nowhere"


def _show_json(verdicts: Sequence[Checked], refused: Mapping[str, SplxError], *, several: bool) -> None:
    from splx.api.findings import text_of  # noqa: PLC0415 - heavy

    texts = [text_of(each.setup, each, again=each.again).rstrip() for each in verdicts if each.setup]
    for kernel, why in refused.items():
        data = {"design": kernel, "refused": [each.to_json() for each in why.diagnostics]}
        texts.append(json.dumps(data, indent=1, ensure_ascii=False))
    joined = ",\n".join(texts)
    click.echo(f"[\n{joined}\n]" if several else texts[0])


def _show_cases(verdicts: Sequence[Checked], form: str, saved: str | None, refused: Mapping[str, SplxError]) -> None:
    from splx.cli.again import command_line, suite_of  # noqa: PLC0415 - heavy
    from splx.report.check import cases_of  # noqa: PLC0415
    from splx.report.formats import Case, Outcome, formatted  # noqa: PLC0415
    from splx.scenario.load import find_scenario  # noqa: PLC0415

    first = next((each for each in verdicts if each.finding), None)  # the one that is saved
    cases = []
    for each in verdicts:
        assert each.setup is not None
        suite = suite_of(each.setup, each.system.scenario) + (".tso" if each.bounds.tso else "")
        replay = command_line(["replay", saved]) if saved and each is first else None
        cases += cases_of(each, suite, str(find_scenario(each.setup.scenario)), each.again, replay)
    for kernel, why in refused.items():
        assert verdicts[0].setup is not None
        setup = verdicts[0].setup.with_(design=kernel, options=())
        told = f"{why.diagnostics[0].message} ({_place(why.diagnostics[0])})"
        file = str(find_scenario(setup.scenario))
        cases.append(Case(suite_of(setup, verdicts[0].system.scenario), "asked", Outcome.SKIPPED, file, why=told))
    for_programs(formatted(form, cases))


def _show_one(verdict: Checked, saved: str | None) -> None:
    from splx.cli.again import command_line  # noqa: PLC0415 - heavy
    from splx.report.check import show_verdict  # noqa: PLC0415
    from splx.report.console import console_for  # noqa: PLC0415
    from splx.report.run import show_warnings  # noqa: PLC0415
    from splx.report.states import show_explained  # noqa: PLC0415

    show_verdict(verdict.subject, verdict.kernel, verdict, console_for(sys.stdout), verdict.again)
    show_warnings(verdict.system.warnings, console_for(sys.stdout))
    if verdict.explained is not None:
        show_explained(verdict.explained, console_for(sys.stdout))
    if verdict.finding is not None:
        again = command_line(["replay", saved]) if saved else None
        click.echo(f"replay: {again}" if again else "        with `--save finding.json` to replay it")
