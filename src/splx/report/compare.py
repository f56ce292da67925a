"""A comparison as tables: designs side by side, and in words which differences are more than noise."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from splx.base.units import show_duration
from splx.compare.comparison import Metric
from splx.report.amounts import NONE, rate, short_count
from splx.report.console import fits, put, table
from splx.report.run import ACCOUNTS, show_warnings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console
    from rich.table import Table

    from splx.base.diagnostics import Diagnostic, Span
    from splx.base.student import Spread
    from splx.compare.comparison import Comparison, Difference

NAMES = {
    "start mean": "to start, mean",
    "start median": "to start, median",
    "start p99": "to start, 99 %",
    "start p999": "to start, 99.9 %",
    "start most": "to start, maximum",
    "finish mean": "to completion, mean",
    "finish median": "to completion, median",
    "finish p99": "to completion, 99 %",
    "finish p999": "to completion, 99.9 %",
    "finish most": "to completion, maximum",
    "done": "done per second",
    "dropped": "dropped per second",
    "missed": "deadlines missed per second",
    "instructions": "instructions",
    **ACCOUNTS,
}
#: The same where there is little room. Means are in the JSON only.
SHORT = {
    "start median": "start 50",
    "start p99": "start 99",
    "start p999": "start 99.9",
    "start most": "start max",
    "finish median": "end 50",
    "finish p99": "end 99",
    "finish p999": "end 99.9",
    "finish most": "end max",
    "done": "done /s",
    "dropped": "drop /s",
    "missed": "miss /s",
}
LEGEND = (
    "start, end: time from the arrival (thread: from its wakeup) to start, completion",
    "50, 99, 99.9: so many percent took no longer, within 0.8 %",
)
UNSHOWN = frozenset({"start mean", "finish mean"})
SMALL = 0.1  # percent of all time: less is not told in words
TOLD = 6  # differences of sources told in words, and as many of where the time went; all are in the JSON


def show_comparison(it: Comparison, console: Console, *, choices: str = "", every: bool = False) -> None:
    """Print everything a comparison says; of sources too that not every kernel has if `every`. `choices`: what was
    chosen on the command line that the heading does not say.
    """
    some = next(iter(it.results.values()), None)
    if some is not None:
        seeds = f"{len(it.seeds)} seed{'s' if len(it.seeds) > 1 else ''}"
        cpus = f"{len(some.cpus)} CPU{'s' if len(some.cpus) > 1 else ''}"
        head = f"{some.scenario} on {some.machine}, {cpus}, {show_duration(some.asked)} each, {seeds}"
        console.print(head, style="bold", soft_wrap=True)
        if choices:
            console.print(f"with {choices}", soft_wrap=True)
        if not it.complete:
            stopped = f"stopped: {len(it.results)} of {len(it.designs) * len(it.seeds)} runs are done"
            console.print(stopped, style="yellow", soft_wrap=True)
        console.print()
        put(offered(it), console)
        locks = [(name[5:], text) for name, text in some.notes.items() if name.startswith("lock ")]
        for name, text in locks:
            console.print(f"lock {name} is {text}", soft_wrap=True)
        if locks:
            console.print()
        for each in _fitting(it, console, every=every):
            put(each, console)
        _left_out(it, console, every=every)
        show_warnings(warned(it), console)
        told = [*in_words(it)]
        for line in told:
            console.print(line, soft_wrap=True)
        if told and it.refused:
            console.print()
    if it.refused:
        put(refused(it), console)


def warned(it: Comparison) -> list[Diagnostic]:
    """What is hardly meant so: once for each line of the user's, as it was first met, and under which kernels."""
    first: dict[tuple[str, Span | None], Diagnostic] = {}
    names: dict[tuple[str, Span | None], dict[str, None]] = {}
    for (design, _), result in it.results.items():
        for each in result.warnings:
            first.setdefault((each.code, each.span), each)
            names.setdefault((each.code, each.span), {})[design] = None
    told = [(each, ", ".join(names[key])) for key, each in first.items()]
    return [replace(each, notes=(*each.notes, f"under {under}; the numbers are of the first")) for each, under in told]


def refused(it: Comparison) -> Table:
    """The designs that cannot honour the scenario: a row for each call of it, with its lines, and why."""
    made = table("Refused", "design", "", "where", "why")
    for column in made.columns[1:]:
        column.justify, column.no_wrap = "left", False
    for name, problems in it.refused.items():
        rows: dict[tuple[str, str], list[str]] = {}
        for each in problems:
            rows.setdefault((each.message, each.help or ""), []).append(_place(each))
        before = None
        for number, ((message, why), places) in enumerate(rows.items()):
            told = message.removeprefix(f"`{name.partition(':')[0]}` ")
            made.add_row("" if number else name, told, ", ".join(places), "" if why == before else why)
            before = why
    return made


def _place(problem: Diagnostic) -> str:
    return f"{Path(problem.span.file).name}:{problem.span.line}" if problem.span else NONE


def offered(it: Comparison) -> Table:
    """What arrived at every device, and by what rule. It is the same for all kernels, but for what they ask for."""
    made = table("Offered load", "source", "arrived", "how")
    runs = list(it.results.values())
    for number, source in enumerate(runs[0].sources):
        if source.kind == "device":
            arrived = {(run.seed, rate(run.sources[number].arrived, run.elapsed)) for run in runs}
            same = len(arrived) == len({run.seed for run in runs})
            mean = sum(run.sources[number].arrived for run in runs), sum(run.elapsed for run in runs)
            how = runs[0].notes.get(f"load {source.name}", "")
            made.add_row(source.name, rate(*mean) if same else "varies", how)
    made.columns[-1].justify, made.columns[-1].no_wrap = "left", False
    return made


def _fitting(it: Comparison, console: Console, *, every: bool) -> list[Table | str]:
    """Tables with the noise beside each number. On a narrow terminal without, names short, and below one another if
    the kernels do not fit side by side.
    """
    full = list(tables(it, it.compared, every=every))
    if all(fits(each, console) for each in full):
        return list(full)
    size = len(it.compared)
    while size > 1 and not all(fits(each, console) for each in tables(it, it.compared[:size], every=every, short=True)):
        size -= 1
    groups = [it.compared[at : at + size] for at in range(0, len(it.compared), size)]
    return [*LEGEND, "", *(each for group in groups for each in tables(it, group, every=every, short=True))]


def tables(it: Comparison, designs: Sequence[str], *, every: bool = False, short: bool = False) -> Iterator[Table]:
    """Sources first, then where the time went."""
    shown = [metric for metric in _metrics(it) if every or _everywhere(it, metric)]
    if shown:
        yield _sources(it, sorted(shown, key=lambda each: _order(it, each)), designs, short=short)
    made = table("Where the time of all CPUs went, %", "", *_heads(designs, short=short))
    for account, name in ACCOUNTS.items():
        metric = Metric("", account, "%")
        if _matters(it, metric):
            made.add_row(name, *_cells(it, metric, designs, short=short))
    made.add_section()
    made.add_row("instructions", *_cells(it, Metric("", "instructions", ""), designs, short=short))
    yield made


def _sources(it: Comparison, shown: list[Metric], designs: Sequence[str], *, short: bool) -> Table:
    """A row for each metric; the source before the first of its own, in a row by itself if `short`."""
    made = table("Sources", "source", *([] if short else [""]), *_heads(designs, short=short))
    made.columns[1].justify = "right" if short else "left"
    before = ""
    for metric in shown:
        new = metric.source != before
        if new and before:
            made.add_section()
        cells = _cells(it, metric, designs, short=short)
        if not short:
            made.add_row(metric.source if new else "", NAMES[metric.what], *cells)
        else:
            if new:
                made.add_row(metric.source)
            made.add_row(f"  {SHORT[metric.what]}", *cells)
        before = metric.source
    return made


def _metrics(it: Comparison) -> list[Metric]:
    """What is shown of the sources."""
    return [each for each in it.metrics() if each.source and each.what not in UNSHOWN and _matters(it, each)]


def _everywhere(it: Comparison, metric: Metric) -> bool:
    """Whether every kernel has it, so that it can be compared."""
    return all(it.spread(name, metric) is not None for name in it.compared)


def _left_out(it: Comparison, console: Console, *, every: bool) -> None:
    """Say whose rows are not there."""
    partly = dict.fromkeys(each.source for each in _metrics(it) if not _everywhere(it, each))
    if partly and not every:
        told = f"not under every kernel, shown with --all: {', '.join(partly)}"
        console.print(told, soft_wrap=True)
        console.print()


def _heads(designs: Sequence[str], *, short: bool) -> list[str]:
    """The designs; where there is little room on two lines."""
    return ["\n".join(_halves(name)) if short else name for name in designs]


def _halves(name: str) -> list[str]:
    """A name cut at the hyphen or colon nearest to its middle, if it is long."""
    cuts = [at for at, char in enumerate(name) if char in "-:"]
    if len(name) < 12 or not cuts:
        return [name]
    at = min(cuts, key=lambda each: abs(2 * each - len(name)))
    return [name[: at + 1], name[at + 1 :]]


def _order(it: Comparison, metric: Metric) -> tuple[int, int]:
    """Sources in their own order, rates before latencies."""
    sources = list(dict.fromkeys(each.source for each in it.metrics()))
    return sources.index(metric.source), ["done", "dropped", "missed", *NAMES].index(metric.what)


def _matters(it: Comparison, metric: Metric) -> bool:
    """Whether it is more than nothing in some design."""
    spreads = (it.spread(name, metric) for name in it.compared)
    return any(each is not None and each.mean for each in spreads)


def _cells(it: Comparison, metric: Metric, designs: Sequence[str], *, short: bool) -> list[str]:
    return [_cell(it.spread(name, metric), metric.unit, short=short) for name in designs]


def _cell(spread: Spread | None, unit: str, *, short: bool) -> str:
    if spread is None:
        return NONE
    if short and not unit:
        return short_count(round(spread.mean))
    text = amount(spread.mean, unit)
    return text if spread.half is None or short else f"{text} ± {amount(spread.half, unit)}"


def amount(value: float, unit: str) -> str:
    """A measured number with its unit, three digits."""
    if unit == "ps":
        return show_duration(round(value)) if round(value) else "0"
    if unit == "%":
        return f"{value:.2f}"
    if value == 0:
        return "0"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def in_words(it: Comparison) -> Iterator[str]:
    """Which differences exceed the noise between seeds."""
    if len(it.compared) < 2:
        return
    if len(it.shared_seeds()) < 2:
        yield "One seed says nothing of the noise: give more with --seeds to tell differences from it."
        return
    found = [each for each in it.differences() if each.metric.unit]
    if not found:
        yield "No difference exceeds the noise between seeds (95 %, seed by seed)."
        return
    how = "95 %, seed by seed; quantiles are known within 0.8 %"
    many = "1 difference exceeds" if len(found) == 1 else f"{len(found)} differences exceed"
    yield f"{many} the noise between seeds ({how})."
    sources = [each for each in found if each.metric.source and each.metric.what not in UNSHOWN]
    shares = [each for each in found if each.metric.unit == "%" and abs(each.by.mean) >= SMALL]
    yield from _listed("The greatest of each source, in proportion:", _foremost(sources))
    shares = _foremost(sorted(shares, key=lambda each: -abs(each.by.mean)))
    yield from _listed("The greatest of where the time went, in percent of all:", shares)


def _listed(head: str, found: Sequence[Difference]) -> Iterator[str]:
    if found:
        yield head
    for each in found:
        yield f"  {difference_in_words(each)}"


def _foremost(found: list[Difference]) -> list[Difference]:
    """The greatest of each source and kind, so that one source does not fill the page."""
    best: dict[tuple[str, str], Difference] = {}
    for each in found:
        best.setdefault((each.metric.source, each.metric.what.split()[0]), each)
    return list(best.values())[:TOLD]


def difference_in_words(each: Difference) -> str:
    """One sentence: what, where, which way, by how much."""
    metric = each.metric
    what = f"{metric.source} {NAMES[metric.what]}" if metric.source else f"time in {NAMES[metric.what]}"
    first, second = amount(each.of, metric.unit), amount(each.of + each.by.mean, metric.unit)
    unit = {"%": " %", "/s": " /s"}.get(metric.unit, "")
    by = f"{amount(abs(each.by.mean), metric.unit)} ± {amount(each.by.half or 0.0, metric.unit)}{unit}"
    way = "more" if each.by.mean > 0 else "less"
    return f"{what}: {each.second} {second}{unit}, {each.first} {first}{unit} ({by} {way})"
