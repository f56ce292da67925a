"""`splx designs --pairs`: designs that differ in one axis, and what a run shows of that."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING

from splx.report.amounts import duration
from splx.report.console import put, table

if TYPE_CHECKING:
    from rich.console import Console

    from splx.compare.pairs import Pair, Side

    Shown = Sequence[tuple[Pair, Sequence[int]]]


def show_pairs(shown: Shown, console: Console) -> None:
    """Print a row for each side of each pair."""
    made = table("Pairs", "axis", "varied", "what is shown", "design", "figure")
    for column in made.columns[1:4]:
        column.justify, column.no_wrap = "left", False
    for pair, figures in shown:
        for number, (side, figure) in enumerate(zip(pair.sides, figures, strict=True)):
            head = (pair.axis, pair.varied, pair.figure) if number == 0 else ("", "", "")
            made.add_row(*head, side.name, _text(pair, figure))
        made.add_section()
    put(made, console)


def _text(pair: Pair, figure: int) -> str:
    return duration(figure) if pair.is_time else f"{figure:,}"


def again(pair: Pair, side: Side) -> str:
    """The command that shows it again."""
    if pair.counted is not None:
        return f"splx designs {side.design} --matrix"
    return shlex.join(["splx", "run", *pair.setup(side).arguments()])


def pairs_data(shown: Shown) -> list[dict[str, object]]:
    """The same for `--json`, with the command for each."""
    return [
        {
            "axis": pair.axis,
            "varied": pair.varied,
            "figure": pair.figure,
            "unit": "ps" if pair.is_time else "",
            "sides": [
                {"name": side.name, "value": figure, "command": again(pair, side)}
                for side, figure in zip(pair.sides, figures, strict=True)
            ],
        }
        for pair, figures in shown
    ]
