"""The answer of a check on the terminal: the sentence, the story in columns, who waits for what, what was seen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

from splx.check.story import story_of
from splx.report.console import table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from splx.check.verdict import Verdict
    from splx.check.waits import Graph


def show_verdict(scenario: str, design: str, verdict: Verdict, console: Console) -> None:
    """Print a verdict."""
    found = verdict.finding
    if found is not None:
        console.print(f"finding[{found.code}]", style="bold red", markup=False, end="")
        console.print(f": {found.why}", markup=False, soft_wrap=True)
        console.print()
        console.print(story_of(verdict), markup=False, soft_wrap=True)
        _show_waits(found.graph, console)
        console.print(f"the story: CPU switches and arrivals {found.cost}, moves {len(found.moves)}", soft_wrap=True)
    elif verdict.complete:
        console.print("holds", style="bold green", end="")
        console.print(f": {scenario} under {design}", markup=False, soft_wrap=True)
    else:
        console.print("not all was seen", style="bold yellow", end="")
        console.print(f": nothing wrong so far in {scenario} under {design}", markup=False, soft_wrap=True)
    console.print(f"states: {seen(verdict)}", markup=False, soft_wrap=True)
    console.print(f"under:  {'; '.join(verdict.assumptions)}", markup=False, soft_wrap=True)


def _show_waits(graph: Graph, console: Console) -> None:
    """Who waits for whom, each with the line of the user's in which it stands."""
    if not graph.waits:
        return
    console.print("who waits for whom:")
    wide = max(len(str(each)) for each in graph.waits)
    for each in graph.waits:
        where = "" if each.place is None else f"  {Path(each.place.file).name}:{each.place.line}"
        console.print(f"  {each!s:{wide if where else 0}}{where}", markup=False, highlight=False, soft_wrap=True)
    if graph.circle:
        way = " -> ".join((*graph.circle, graph.circle[0]))
        console.print(f"  a circle: {way}", markup=False, highlight=False, soft_wrap=True)
    console.print()


def show_all(scenario: str, verdicts: Sequence[tuple[str, Verdict]], console: Console) -> None:
    """Print a line for each design."""
    made = table(f"{scenario} under every kernel", "design", "answer", "states", "what")
    for design, verdict in verdicts:
        found = verdict.finding
        answer = found.code if found else "holds" if verdict.complete else "gave up"
        why = Text(found.why if found else "", overflow="fold")
        made.add_row(design, answer, f"{verdict.counts.states:,}", why)
    made.columns[-1].justify, made.columns[-1].no_wrap = "left", False
    console.print(made)
    console.print(f"under: {'; '.join(verdicts[0][1].assumptions)}", markup=False, soft_wrap=True)


def seen(verdict: Verdict) -> str:
    """How much was seen."""
    counts = verdict.counts
    all_ = "all" if verdict.complete else "up to the finding" if verdict.finding else "not all"
    return f"{counts.states:,} ({all_}), {counts.edges:,} moves between them, up to {counts.depth:,} in a row"
