"""The answer of a check on the terminal: the sentence, the story in columns, who waits for what, what was seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splx.check.story import story_of

if TYPE_CHECKING:
    from rich.console import Console

    from splx.check.verdict import Verdict


def show_verdict(scenario: str, design: str, verdict: Verdict, console: Console) -> None:
    """Print a verdict."""
    found = verdict.finding
    if found is not None:
        console.print(f"[bold red]finding\\[{found.code}][/]: {found.why}", soft_wrap=True)
        console.print()
        console.print(story_of(verdict), markup=False, soft_wrap=True)
        console.print(f"the story: {found.cost} CPU switches and arrivals, {len(found.moves)} moves", soft_wrap=True)
    elif verdict.complete:
        console.print(f"[bold green]holds[/]: {scenario} under {design}", soft_wrap=True)
    else:
        console.print(
            f"[bold yellow]not all was seen[/]: nothing wrong so far in {scenario} under {design}", soft_wrap=True
        )
    console.print(f"states: {seen(verdict)}", soft_wrap=True)
    console.print(f"under:  {'; '.join(verdict.assumptions)}", soft_wrap=True)


def seen(verdict: Verdict) -> str:
    """How much was seen."""
    counts = verdict.counts
    all_ = "all" if verdict.complete else "up to the finding" if verdict.finding else "not all"
    return (
        f"{counts.states:,} ({all_}), {counts.edges:,} moves between them, up to {counts.depth:,} in a row"
    )
