"""`splx replay`: a finding again, move by move."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from splx.base.exits import Exit

if TYPE_CHECKING:
    from splx.story.language import Event

EPILOG = """\b
Examples:
  splx replay finding.json
  splx replay finding.json --step
  splx replay finding.json --expect gone
"""


UNSEALED = "these are not the moves, sentence, cost and bounds that were saved: what they come to nobody has judged"


EDITED = "this file was edited since it was saved: its bounds, below, need not be those of what was found"


@click.command("replay", epilog=EPILOG)
@click.argument("finding", type=click.Path(dir_okay=False))
@click.option(
    "--expect",
    type=click.Choice(["found", "gone"]),
    help="Search for it again, as everything is today: exit 0 if it is so, 1 if not, 3 if nobody knows.",
)
@click.option("--step", is_flag=True, help="One move at a time: Enter goes on, b goes back, q ends.")
def command(finding: str, expect: str | None, *, step: bool) -> int:
    """Perform the moves of FINDING again, and say what each instruction did.

    With --expect nothing is performed: the search for that finding is made anew, so FINDING is a test case that can be
    kept beside the scenario.
    """
    if expect:
        return _expect(finding, expect)
    from splx.api.findings import is_sealed, no_finding, read_finding, see_the_program  # noqa: PLC0415
    from splx.check.loading import check_budgets  # noqa: PLC0415
    from splx.check.path import ImpossibleError, comes_back  # noqa: PLC0415 - heavy
    from splx.check.story import told  # noqa: PLC0415

    setup, bounds, found = read_finding(finding)
    system = setup.system()
    see_the_program(finding, found, system)
    check_budgets(system, bounds)
    cycle = tuple(found.get("cycle", ()))
    moves: list[tuple[int, list[tuple[int, Event]]]] = []
    try:
        moves.extend(told(system, bounds, (*found["moves"], *cycle)))
    except ImpossibleError as why:
        raise no_finding(finding, f"its move {len(moves) + 1} cannot be made: {why}") from None
    first = len(found["moves"]) if cycle else len(moves) + 1
    if step:
        _walk(moves, first)
    else:
        for number, (_, events) in enumerate(moves):
            _show(number, events, first)
    if cycle:
        back = comes_back(system, bounds, found["moves"], cycle)
        click.echo(f"{'the same state' if back else 'NOT the same state'} again, after a round of {len(cycle)} moves")
    if not is_sealed(found, bounds):
        click.echo(UNSEALED)
        return Exit.GAVE_UP
    click.echo(found["why"])
    return Exit.HOLDS


def _expect(finding: str, expect: str) -> int:
    """Whether it is found still, or gone."""
    from splx.api import replay  # noqa: PLC0415 - heavy
    from splx.api.findings import is_sealed, read_finding  # noqa: PLC0415
    from splx.cli.progress import Counting  # noqa: PLC0415
    from splx.simulate.engine import interruptible  # noqa: PLC0415

    with Counting("states") as counting, interruptible() as stop:
        verdict = replay(
            finding, progress=lambda counts: counting.count(counts.states), stopped=lambda: stop.asked
        )  # fmt: skip
    _, bounds, saved = read_finding(finding)
    if not is_sealed(saved, bounds):
        click.echo(EDITED)
    click.echo(str(verdict), nl=False)
    if verdict.finding is None and not verdict.holds:
        click.echo("nobody knows whether it is gone: not all was seen")
        return Exit.GAVE_UP
    click.echo("found still" if verdict.finding else "gone")
    return Exit.HOLDS if (expect == "found") == (verdict.finding is not None) else Exit.FINDING


def _walk(moves: list[tuple[int, list[tuple[int, Event]]]], first: int) -> None:
    """Forwards and backwards."""
    at = 0
    while 0 <= at < len(moves):
        _show(at, moves[at][1], first)
        to = _answer(at, len(moves))
        if to is None:
            return
        at = to


def _answer(at: int, moves: int) -> int | None:
    """Which move comes after one, of so many, as the user says; None: none."""
    while True:
        try:
            answer = click.prompt(f"[{at + 1} of {moves}]", default="", show_default=False, prompt_suffix=" ").strip()
        except click.Abort:  # nothing more is typed: Ctrl-D, Ctrl-C, the end of a pipe
            click.echo()
            return None
        if answer in ("", "n"):
            return at + 1
        if answer == "q":
            return None
        if answer == "b":
            return max(0, at - 1)
        if answer.isdecimal() and 1 <= int(answer) <= moves:
            return int(answer) - 1
        click.echo(
            f"`{answer}` is no key here: Enter goes on, b goes back, a number from 1 to {moves} goes to that move, "
            "q ends"
        )


def _show(number: int, events: list[tuple[int, Event]], first: int) -> None:
    """A move; `first` is that of the round that goes on for ever."""
    if number == first:
        click.echo("from here on, again and again:")
    if not events:
        click.echo(f"{number + 1:>5}  (nothing that anybody could see)")
    for cpu, event in events:
        click.echo(f"{number + 1:>5}  cpu{cpu}  {' ' * 16 * cpu}{event}")
