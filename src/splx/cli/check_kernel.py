"""`splx check --kernel`: a kernel's own primitives, used in any legal order by most general clients."""

from __future__ import annotations

import difflib
import os
import sys
from typing import TYPE_CHECKING, Any

import click

from splx.api.again import of_scenario
from splx.api.checking import Checked
from splx.api.kernel import run, run_together, tasks
from splx.base.exits import Exit
from splx.check.clients import CLIENTS, COMBINED
from splx.check.executed import Executed
from splx.check.growing import in_short
from splx.check.limits import limits_for
from splx.check.loading import bounds_for
from splx.cli import options
from splx.cli.again import command_line
from splx.cli.checking import save_first, tell_unsaved
from splx.cli.output import for_programs
from splx.cli.progress import Counting
from splx.simulate.engine import interruptible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from splx.api.kernel import Task
    from splx.check.clients import Client, Explored
    from splx.check.limits import Limits
    from splx.simulate.engine import Stop
    from splx.simulate.setup import Setup


def check_kernel(design: str, given: dict[str, Any], memories: Sequence[str], budgets: dict[str, int]) -> int:
    """Run the clients that were asked for, print a table and the first finding in full; the exit code."""
    if given["cpus"]:
        given = {**given, "cpus": None, "settings": (*given["settings"], f"cpus={given['cpus']}")}
    setup = options.setup_of("", design, given)
    options.warn_of_designs([setup])
    made = tasks(setup, _clients(given["clients"]), memories, small=given["small"], budgets=budgets)
    for name in ("resume", "fair", "verify_reduction", "all_designs"):
        if given[name]:
            word = f"`--{name.replace('_', '-')}`"
            raise click.UsageError(f"{word} is for one scenario, not for `--kernel`; of a client: `{_alone(made[0])}`")
    _check_words(made, setup.settings, budgets)
    _tell_cpus(made, dict(setup.settings).get("cpus", ""))
    executed = Executed() if given["lines"] else None
    at_once, each_one = _jobs(given, sum(each.there for each in made))
    together = at_once > 1 and executed is None
    results = _together(made, given, at_once, each_one) if together else _in_turn(made, given, each_one, executed)
    found = [each.verdict for each in results if isinstance(each.verdict, Checked) and each.verdict.finding is not None]
    problem = save_first(found, given["save"])
    _show(setup, results, executed, given)
    if problem is not None:
        raise problem
    tell_unsaved(found, given["save"])
    if found and given["save"] and options.format_of(given) == "text":
        click.echo(f"replay: {command_line(['replay', given['save']])}")
    codes = {_exit(each) for each in results}
    return next(each for each in (Exit.FINDING, Exit.GAVE_UP, Exit.HOLDS) if each in codes)


def _alone(task: Task) -> str:
    """The command that checks a client as a scenario."""
    asked = of_scenario(task.setup, bounds_for(memory=task.memory, budgets=task.budgets))
    return command_line(["check", *asked, *(["--memory", "tso"] if task.memory == "tso" else [])])


def _clients(names: Sequence[str]) -> tuple[Client, ...]:
    """Those of these names, all but the bounded one without any."""
    known = {each.name: each for each in (*CLIENTS, COMBINED)}
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            advice = f"did you mean `{near[0]}`?" if near else f"there are {', '.join(known)}"
            raise click.UsageError(f"there is no client `{name}`: {advice}")
    return tuple(known[name] for name in names) or CLIENTS


def _check_words(made: Sequence[Task], settings: Sequence[tuple[str, str]], budgets: dict[str, int]) -> None:
    """Complain of settings and budgets that no client knows of."""
    for name, _ in settings:
        if not any(name in dict(each.setup.settings) for each in made):
            raise click.UsageError(f"no client has a parameter `{name}`")
    for name in budgets:
        if not any(name in each.budgets for each in made):
            raise click.UsageError(f"no client has a device `{name}`")


def _tell_cpus(made: Sequence[Task], asked: str) -> None:
    """Say which clients have another number of CPUs than was asked for: nothing of theirs is on more."""
    cpus = {each.client.name: each.setup.parts()[2] for each in made if each.there}
    for n in sorted(set(cpus.values())):
        if asked and str(n) != asked:
            names = ", ".join(name for name, own in cpus.items() if own == n)
            number = f"{n} CPU{'' if n == 1 else 's'}"
            click.echo(f"{names}: {number}, not {asked}: on so many they have something to run", err=True)


def _jobs(given: dict[str, Any], searches: int) -> tuple[int, int]:
    """How many searches at once, of so many, and among how many processes each deals out its last cost: those that
    were asked for and are left over.
    """
    jobs = given["jobs"] or (1 if given["small"] else os.cpu_count() or 1)
    at_once = max(1, min(jobs, searches))
    return at_once, jobs // at_once if given["jobs"] and given["cost"] is not None else 1


def _in_turn(made: Sequence[Task], given: dict[str, Any], jobs: int, executed: Executed | None) -> list[Explored]:
    """One Ctrl-C is meant for all that are left."""
    with interruptible() as stop:
        return [_run(each, given, jobs, executed, stop) for each in made]


def _run(task: Task, given: dict[str, Any], jobs: int, executed: Executed | None, stop: Stop) -> Explored:
    with Counting(f"states of {task.client.name}, {task.memory}") as counting:
        return run(
            task, limits=_limits(given, jobs), only=given["only"], executed=executed,
            progress=lambda counts: counting.count(counts.states, in_short(counts.growing)),
            stopped=lambda: stop.asked, **_within(given),
        )  # fmt: skip


def _together(made: Sequence[Task], given: dict[str, Any], at_once: int, jobs: int) -> list[Explored]:
    with Counting("states") as counting, interruptible() as stop:
        return run_together(
            made, at_once, limits=_limits(given, jobs), only=given["only"],
            progress=lambda counts: counting.count(counts.states), stopped=lambda: stop.asked, **_within(given),
        )  # fmt: skip


def _limits(given: dict[str, Any], jobs: int) -> Limits:
    return limits_for(given["max_memory"], None, given["cost"], jobs)


def _within(given: dict[str, Any]) -> dict[str, Any]:
    """The bounds that are not the clients' own."""
    return {name: given[name] for name in ("states", "ring", "single", "fuse")}


def _exit(result: Explored) -> Exit:
    if result.verdict is None or result.verdict.holds:
        return Exit.HOLDS
    return Exit.FINDING if result.verdict.finding is not None else Exit.GAVE_UP


def _show(setup: Setup, results: Sequence[Explored], executed: Executed | None, given: dict[str, Any]) -> None:
    from splx.api.findings import text_of  # noqa: PLC0415 - heavy
    from splx.cli.again import suite_of  # noqa: PLC0415
    from splx.report.clients import cases_of_client, show_clients, show_executed  # noqa: PLC0415
    from splx.report.console import console_for  # noqa: PLC0415
    from splx.report.formats import formatted  # noqa: PLC0415

    form = options.format_of(given)
    if form == "json":
        found = [each.verdict for each in results if isinstance(each.verdict, Checked)]
        texts = [text_of(each.setup, each, again=each.again).rstrip() for each in found if each.setup is not None]
        click.echo("[\n" + ",\n".join(texts) + "\n]")
        return
    if form != "text":
        cases = [case for each in results for case in cases_of_client(each, suite_of(setup, each.client.name))]
        for_programs(formatted(form, cases))
        return
    console = console_for(sys.stdout)
    show_clients(setup.kernel, results, console, setup.set_text)
    if executed is not None:
        show_executed(executed, console)
