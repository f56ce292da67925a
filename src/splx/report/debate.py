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

WIDTH, HEIGHT = 71, 14  # of a plot, in characters
RATIOS = (None, 2, 6, 3, 10, 4)  # of the widths of the columns of the debate; the first is as wide as it must be
MARKERS = ("o", "x", "+", "*", "#", "@")
_SUFFIXES = ((10**6, "M"), (10**3, "k"), (1, ""))


def show_debate(settled: Sequence[Settled], machine: str, console: Console) -> None:
    """A row for each claim."""
    made = table(
        f"The debate of 2006, on {machine}", "claim", "who", "says", "varied", "what came out at either end", "verdict"
    )
    made.expand = True
    for column, ratio in zip(made.columns, RATIOS, strict=True):
        column.justify, column.no_wrap, column.ratio = "left", not ratio, ratio
    for each in settled:
        claim, axis = each.sweep.claim, each.sweep.axis
        ends = f"{axis.text(axis.values[0])} to {axis.text(axis.values[-1])}"
        made.add_row(claim.number, claim.who, claim.says, f"{axis.name}, {ends}", _out(each), each.ruling.words())
        made.add_section()
    put(made, console)
    seeds = [each.seeds for each in settled]
    console.print(f"± is half of the 95 % interval, over {min(seeds)} to {max(seeds)} seeds")


def _out(each: Settled) -> str:
    """What was measured at the first and at the last value, with half of the 95 % interval."""
    axis, unit = each.sweep.axis.values, each.sweep.measure.unit
    lines = [
        f"{label} {_interval(each.at(label, axis[0]))} .. {_interval(each.at(label, axis[-1]))}"
        for label in each.curves[0]
    ]
    return "\n".join([f"{each.sweep.measure.what}, {unit}:" if unit else f"{each.sweep.measure.what}:", *lines])


def show_claim(each: Settled, console: Console) -> None:
    """One claim in full."""
    sweep, claim = each.sweep, each.sweep.claim
    console.print(f"{claim.number}, {claim.who}: {claim.says}", style="bold")
    console.print(f"{claim.source}. {sweep.why}\n")
    measure = sweep.measure
    unit = f", {measure.unit}," if measure.unit else ""
    console.print(f"{measure.what}{unit} over {sweep.axis.name}; on {each.machine}, mean of {each.seeds} seeds")
    console.print(plot(each), soft_wrap=True, markup=False)
    for number, measure in enumerate(sweep.measures):
        _show_points(each, number, console, f"{measure.what}, {measure.unit}".rstrip(", "))
    console.print(f"verdict: {each.ruling.words()}", style="bold")
    console.print(f"by the rule: {sweep.rule.says}\n")
    for command in each.commands():
        console.print(f"again: {command}", soft_wrap=True)
    console.print(f"next:  splx debate {claim.number} --source > mine.py", soft_wrap=True)


def _show_points(each: Settled, number: int, console: Console, title: str) -> None:
    """What was measured, at every value, with half of the 95 % interval."""
    made = table(f"{title}, 95 %", each.sweep.axis.name, *each.curves[number])
    for x in each.sweep.axis.values:
        made.add_row(each.sweep.axis.text(x), *[_interval(each.at(label, x, number)) for label in each.curves[number]])
    put(made, console)


def plot(each: Settled) -> str:
    """The curves, in characters; over the logarithm of what was varied if it is above zero."""
    axis, figure = each.sweep.axis, plotille.Figure()
    figure.width, figure.height, figure.with_colors = WIDTH, HEIGHT, False
    figure.origin = False
    logarithmic = axis.values[0] > 0
    figure.x_label, figure.y_label = axis.unit or axis.name, each.sweep.measure.unit or each.sweep.measure.what
    figure.x_ticks_fkt = lambda low, _: _tick(10**low if logarithmic else low)
    figure.y_ticks_fkt = lambda low, _: _number(low)
    xs = [log10(x) if logarithmic else x for x in axis.values]
    curves, legend = each.curves[0], []
    for (label, curve), marker in zip(curves.items(), cycle(MARKERS), strict=False):
        figure.plot(xs, [curve.at(x).mean for x in axis.values], marker=marker)
        legend.append(f"{marker} {label}")
    top = max(curve.at(x).mean for curve in curves.values() for x in axis.values)
    figure.set_y_limits(min_=0, max_=1.05 * top or 1)
    figure.set_x_limits(min_=xs[0], max_=xs[-1] + (xs[-1] - xs[0]) / WIDTH)
    return f"{figure.show(legend=False)}\n\n{'   '.join(legend)}\n"


def _tick(value: float) -> str:
    """A value of what was varied in at most nine characters: 1.5k."""
    scale, suffix = next((each for each in _SUFFIXES if abs(value) >= each[0]), (1, ""))
    return f"{f'{value / scale:.3g}{suffix}':<9}"


def _interval(of: Spread) -> str:
    """A mean and half of its interval, to the same decimals."""
    if of.half is None:
        return _number(of.mean)
    decimals = _decimals(of.mean)
    return f"{of.mean:,.{decimals}f} ± {of.half:,.{decimals}f}"


def _number(value: float) -> str:
    return f"{value:,.{_decimals(value)}f}"


def _decimals(value: float) -> int:
    """So many that three digits are seen."""
    return 0 if abs(value) >= 100 or value == 0 else 1 if abs(value) >= 10 else 2
