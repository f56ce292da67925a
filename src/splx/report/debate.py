"""The debate as a table, and one experiment of it in full: what came out, the verdict, and how to see it again."""

from __future__ import annotations

from itertools import cycle
from math import log10
from typing import TYPE_CHECKING

import plotille

from splx.report.console import put, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console

    from splx.base.student import Spread
    from splx.debate import Seen, Settled

WIDTH, HEIGHT = 71, 14  # of a plot, in characters
RATIOS = (None, 2, 6, 3, 10, 4)  # of the widths of the columns of the debate; the first is as wide as it must be
MARKERS = ("o", "x", "+", "*", "#", "@", "%", "&", "$", "=", "v", "z")
_SUFFIXES = ((10**6, "M"), (10**3, "k"), (1, ""))


def show_debate(settled: Sequence[Settled], machine: str, console: Console) -> None:
    """A row for each experiment."""
    made = table(f"The debate of 2006, on {machine}", "claim", "who", "says", "varied", "what came out", "verdict")
    made.expand = True
    for column, ratio in zip(made.columns, RATIOS, strict=True):
        column.justify, column.no_wrap, column.ratio = "left", not ratio, ratio
    for each in settled:
        claim, axis = each.experiment.claim, each.experiment.axis
        varied = f"{axis.name}: {axis.range()}"
        made.add_row(claim.number, claim.who, claim.says, varied, "\n".join(_out(each)), each.ruling.words())
        made.add_section()
    put(made, console)
    runs = [each for each in settled if each.experiment.kind == "runs"]
    if runs:
        over = f"over {min(each.fewest for each in runs)} to {max(each.seeds for each in runs)} seeds"
        console.print(f"`a .. b`: at the first and at the last value; ± is half of the 95 % interval, {over}")


def _out(each: Settled) -> Iterator[str]:
    """What came out: of runs at the first and at the last value, of anything else at all."""
    axis, measure = each.experiment.axis, each.experiment.measures[0]
    if each.seen:
        for label, seen in each.seen.items():
            found = [axis.text(x) for x, one in seen.items() if one.found]
            yield f"{label}: {f'found with {_and(found)}' if found else 'not found'}"
        return
    unit = f", {measure.unit}" if measure.unit else ""
    yield f"{measure.what}{unit}{f': {axis.range()}' if axis.names else ''}:"
    for label in each.curves[0]:
        shown = axis.values if axis.names else (axis.values[0], axis.values[-1])
        yield f"{label} {(', ' if axis.names else ' .. ').join(_cell(each, label, x) for x in shown)}"


def show_claim(each: Settled, console: Console) -> None:
    """One experiment in full."""
    of, claim = each.experiment, each.experiment.claim
    console.print(f"{claim.number}, {claim.who}: {claim.says}", style="bold")
    console.print(f"{claim.source}. {of.why}\n")
    if not of.axis.names and not each.seen:
        measure = of.measures[0]
        unit = f", {measure.unit}," if measure.unit else ""
        console.print(f"{measure.what}{unit} over {of.axis.name}; on {each.machine}, mean of {_seeds(each)} seeds")
        console.print(plot(each), soft_wrap=True, markup=False)
    if each.seen:
        _show_seen(each, console)
    for number, measure in enumerate(of.measures if not each.seen else ()):
        sure = "95 %" if of.kind == "runs" else each.machine if of.kind == "counts" else ""
        title = ", ".join(part for part in (measure.what, measure.unit, sure) if part)
        _show_points(each, number, console, title)
    console.print(f"verdict: {each.ruling.words()}", style="bold")
    console.print(f"by the rule: {of.rule.says}\n")
    for note in each.ruling.notes:
        console.print(note, markup=False)
    if each.ruling.notes:
        console.print()
    for command in each.commands():
        console.print(f"again: {command}", soft_wrap=True)
    console.print(f"next:  splx debate {claim.number} --source > mine.py", soft_wrap=True)


def _seeds(each: Settled) -> str:
    """How many there were: more where fewer did not tell."""
    return f"{each.seeds}" if each.fewest == each.seeds else f"{each.fewest} to {each.seeds}"


def _show_points(each: Settled, number: int, console: Console, title: str) -> None:
    """What was measured, at every value, with half of the 95 % interval."""
    axis, curves = each.experiment.axis, each.curves[number]
    if axis.names:
        made = table(title, "", *axis.names)
        for label in curves:
            made.add_row(label, *[_cell(each, label, x, number) for x in axis.values])
        put(made, console)
        return
    made = table(title, axis.name, *curves)
    for x in axis.values:
        made.add_row(axis.text(x), *[_cell(each, label, x, number) for label in each.curves[number]])
    put(made, console)


def _show_seen(each: Settled, console: Console) -> None:
    """What the searches found, and the shortest story."""
    axis = each.experiment.axis
    made = table(f"among all interleavings, by {axis.name}", "", *map(axis.text, axis.values))
    for label, of_side in each.seen.items():
        made.add_row(label, *[_answer(of_side[x]) for x in axis.values])
    put(made, console)
    told = each.told()
    if told is not None:
        label, x, seen = told
        console.print(f"The shortest story of `{label}` at {axis.text(x)} ends so: {seen.why}.", markup=False)
        console.print(f"Its cost is {seen.cost} CPU switches and arrivals; it has {seen.moves} moves.\n", markup=False)
        console.print(seen.story, markup=False, soft_wrap=True)
        for wait in seen.waits:
            console.print(wait, markup=False, highlight=False, soft_wrap=True)
        console.print()


def _answer(seen: Seen) -> str:
    """An answer in a cell."""
    if seen.found:
        return f"{seen.code} at cost {seen.cost}"
    return f"{'none' if seen.found is False else 'given up'} in {seen.states:,} states"


def plot(each: Settled) -> str:
    """The curves, in characters; over the logarithm of what was varied if it is above zero."""
    axis, measure, figure = each.experiment.axis, each.experiment.measures[0], plotille.Figure()
    figure.width, figure.height, figure.with_colors = WIDTH, HEIGHT, False
    figure.origin = False
    logarithmic = axis.values[0] > 0
    figure.x_label, figure.y_label = axis.unit or axis.name, measure.unit or measure.what
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


def _cell(each: Settled, label: str, x: float, number: int = 0) -> str:
    """What was measured at a value; a number without chance in it alone."""
    at = each.at(label, x, number)
    return _number(at.mean) if each.curves[number][label].exact else _interval(at)


def _interval(of: Spread) -> str:
    """A mean and half of its interval, to the same decimals."""
    if of.half is None:
        return _number(of.mean)
    decimals = _decimals(of.mean)
    return f"{of.mean:,.{decimals}f} ± {of.half:,.{decimals}f}"


def _number(value: float) -> str:
    return f"{value:,.{0 if value == int(value) else _decimals(value)}f}"


def _decimals(value: float) -> int:
    """So many that three digits are seen."""
    return 0 if abs(value) >= 100 or value == 0 else 1 if abs(value) >= 10 else 2


def _and(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
