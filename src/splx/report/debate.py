"""The debate as a table, and one claim of it in full: the curve, the numbers, the verdict, and how to see it again."""

from __future__ import annotations

from itertools import cycle
from math import log10
from typing import TYPE_CHECKING

import plotille

from splx.report.console import put, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from splx.base.student import Spread
    from splx.debate import Settled

WIDTH, HEIGHT = 64, 14  # of a plot, in characters
MARKERS = ("o", "x", "+", "*", "#")


def show_debate(settled: Sequence[Settled], machine: str, console: Console) -> None:
    """A row for each claim."""
    made = table(f"The debate of 2006, on {machine}", "claim", "who", "says", "varied", "what came out", "verdict")
    for column in made.columns[1:]:
        column.justify, column.no_wrap = "left", False
    for each in settled:
        claim, axis = each.sweep.claim, each.sweep.axis
        ends = f"{axis.text(axis.values[0])} to {axis.text(axis.values[-1])}"
        made.add_row(claim.number, claim.who, claim.says, f"{axis.name}, {ends}", _out(each), each.ruling.words())
    put(made, console)


def _out(each: Settled) -> str:
    """What was measured at either end."""
    first, last = each.sweep.axis.values[0], each.sweep.axis.values[-1]
    sides = [f"{label} {_number(each.at(label, first))} to {_number(each.at(label, last))}" for label in each.curves]
    return f"{', '.join(sides)} {each.sweep.unit}: {each.sweep.what}"


def show_claim(each: Settled, console: Console) -> None:
    """One claim in full."""
    sweep, claim = each.sweep, each.sweep.claim
    console.print(f"{claim.number}, {claim.who}: {claim.says}", style="bold")
    console.print(f"{claim.source}. {sweep.why}\n")
    console.print(f"{sweep.what}, {sweep.unit}, over {sweep.axis.name}; on {each.machine}, {each.seeds} seeds")
    console.print(plot(each), soft_wrap=True)
    made = table("", sweep.axis.name, *each.curves, "95 % of each")
    for x in sweep.axis.values:
        spreads = [each.at(label, x) for label in each.curves]
        halves = ", ".join("?" if one.half is None else f"{one.half:,.3g}" for one in spreads)
        made.add_row(sweep.axis.text(x), *[_number(one) for one in spreads], f"+- {halves}")
    put(made, console)
    console.print(f"verdict: {each.ruling.words()}", style="bold")
    console.print(f"by the rule: {sweep.rule.__doc__}\n")
    for command in each.commands():
        console.print(f"again: {command}", soft_wrap=True)


def plot(each: Settled) -> str:
    """The curves, in characters; over the logarithm of what was varied if it is above zero."""
    axis, figure = each.sweep.axis, plotille.Figure()
    figure.width, figure.height, figure.with_colors = WIDTH, HEIGHT, False
    logarithmic = axis.values[0] > 0
    figure.x_label, figure.y_label = axis.unit or axis.name, each.sweep.unit
    figure.x_ticks_fkt = lambda low, _: f"{10**low if logarithmic else low:<9,.3g}"
    figure.y_ticks_fkt = lambda low, _: f"{low:,.4g}"
    xs = [log10(x) if logarithmic else x for x in axis.values]
    for (label, curve), marker in zip(each.curves.items(), cycle(MARKERS), strict=False):
        figure.plot(xs, [curve.at(x).mean for x in axis.values], label=label, marker=marker)
    top = max(curve.at(x).mean for curve in each.curves.values() for x in axis.values)
    figure.set_y_limits(min_=0, max_=1.05 * top or 1)
    return str(figure.show(legend=True))


def _number(of: Spread) -> str:
    return f"{of.mean:,.4g}" if abs(of.mean) < 1000 else f"{of.mean:,.0f}"
