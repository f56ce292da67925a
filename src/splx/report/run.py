"""A run as tables: throughput, latencies, and where every CPU's time went."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splx.base.render import show
from splx.report.amounts import NONE, count, duration, percents, rate, short_count
from splx.report.console import fits, put, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console
    from rich.table import Table

    from splx.base.diagnostics import Diagnostic
    from splx.simulate.result import Result, SourceResult

#: accounts in the order of the table, and what they are called there.
ACCOUNTS = {
    "thread": "user threads",
    "handler": "handlers",
    "deferred": "deferred handlers",
    "intr": "interrupt entry, exit",
    "line": "line mask, unmask, EOI",
    "level": "level changes",
    "lock": "lock operations",
    "spin": "spinning",
    "switch": "switches",
    "sched": "queues, wakeups",
    "kernel": "other kernel",
    "idle": "idle",
}
MANY_CPUS = 8
IDLE = "idle"  # the source of the threads that run when nobody else does


def show_run(result: Result, console: Console, *, choices: str = "", every: bool = False) -> None:
    """Print everything a run says; of the idle threads and of each of many CPUs too if `every`. `choices`: what was
    chosen on the command line that the heading does not say.
    """
    console.print(heading(result), style="bold", soft_wrap=True)
    if choices:
        console.print(f"with {choices}", soft_wrap=True)
    title = result.notes.get("title")
    if title:
        console.print(title, soft_wrap=True)
    if not result.complete:
        asked, seen = duration(result.asked), duration(result.elapsed)
        console.print(f"stopped: this is what was known after {seen} of {asked}", style="yellow", soft_wrap=True)
    console.print()
    for each in _fitting(result, console, every=every):
        put(each, console)
    for source in result.sources:
        if source.unmeasured:
            text = f"{source.name}: {count(source.unmeasured)} items were done untimed, too many were under way at once"
            console.print(text, style="yellow", soft_wrap=True, markup=False)
    waits = [text for name, text in result.notes.items() if name.startswith("waits ")]
    if waits:
        console.print("At the end of the run, perhaps for ever", style="bold")
        for text in waits:
            console.print(f"  {text}", soft_wrap=True)
        console.print()
    show_warnings(result.warnings, console)


def show_warnings(warnings: Sequence[Diagnostic], console: Console) -> None:
    """What is hardly meant so, with the user's lines, and a blank line behind."""
    if warnings:
        show(warnings, console.file)
        console.print()


def heading(result: Result) -> str:
    """One line that says what was run."""
    cpus = f"{len(result.cpus)} CPU{'s' if len(result.cpus) > 1 else ''}"
    return (
        f"{result.scenario} on {result.design}, {result.machine}, {cpus}, "
        f"{duration(result.elapsed)} simulated, seed {result.seed}"
    )


def _fitting(result: Result, console: Console, *, every: bool) -> list[Table | str]:
    """All columns, or those that matter most where the terminal is too narrow; there perhaps no CPU by itself."""
    full = list(tables(result, every=every))
    if all(fits(each, console) for each in full):
        return full
    narrow = list(tables(result, narrow=True, every=every))
    if every or all(fits(each, console) for each in narrow):
        return narrow
    return list(tables(result, narrow=True, every=every, many=0))


def tables(
    result: Result, *, narrow: bool = False, every: bool = False, many: int = MANY_CPUS
) -> Iterator[Table | str]:
    """The tables of a run, those that say something. More than `many` CPUs are only shown together, unless `every`."""
    devices = [each for each in result.sources if each.kind == "device"]
    if devices:
        yield throughput(devices, result, narrow=narrow)
    if any(each.start or each.finish for each in result.sources):
        yield latencies(result, narrow=narrow, every=every)
    if any(each.deadline for each in result.sources):
        yield deadlines(result)
    together = not every and len(result.cpus) > many
    yield time_spent(result, narrow=narrow, together=together)
    if together and len(result.cpus) > 1:
        yield f"each of the {len(result.cpus)} CPUs by itself: with --all, and in the JSON\n"
    if any(result.statistics.values()):
        yield statistics(result)


def throughput(devices: list[SourceResult], result: Result, *, narrow: bool = False) -> Table:
    """What became of every device's items."""
    lost = any(each.lost for each in devices) or not narrow
    heads = ["arrived", "done", "rate", "dropped", *(["edges lost"] if lost else []), "pending", "interrupts"]
    held = any(each.held for each in devices)
    made = table("Throughput", "source", *heads, *(["held"] if held else []))
    for each in devices:
        done = [count(each.arrived), count(each.done), rate(each.done, result.elapsed), count(each.dropped)]
        made.add_row(each.name, *done, *([count(each.lost)] if lost else []), count(each.pending), count(each.irqs),
                     *([_held(each, narrow=narrow)] if held else []))  # fmt: skip
    return made


def _held(source: SourceResult, *, narrow: bool) -> str:
    """How many interrupts the kernel put off, and how long in the mean until a handler ran."""
    if not source.held or narrow:
        return count(source.held)
    return f"{count(source.held)}, {duration(source.held_time // source.held)}"


def latencies(result: Result, *, narrow: bool = False, every: bool = False) -> Table:
    """From the assertion of the line (of a thread: from its wakeup) to the start, and to completion."""
    heads = [*([] if narrow else ["samples", "mean"]), "median", "99 %", "99.9 %", "maximum"]
    made = table("Latency, quantiles within 0.8 %", "source", "", *heads)
    for each in (each for each in result.sources if every or each.name != IDLE):
        starts = "to handler start" if each.kind == "device" else "wakeup to running"
        for what, latency in ((starts, each.start), ("to completion", each.finish)):
            if latency is not None:
                more = [] if narrow else [count(latency.count), duration(latency.mean)]
                figures = (latency.median, latency.p99, latency.p999, latency.most)
                made.add_row(each.name, what, *more, *(duration(figure) for figure in figures))
    made.columns[1].justify = "left"
    return made


def deadlines(result: Result) -> Table:
    """Who has a deadline, how many missed it, and by how much at most."""
    made = table("Deadlines", "source", "deadline", "done", "missed", "late by at most")
    for each in result.sources:
        if each.deadline:
            late = duration(each.late) if each.late else NONE
            made.add_row(each.name, duration(each.deadline), count(each.done), count(each.missed), late)
    return made


def time_spent(result: Result, *, narrow: bool = False, together: bool = False) -> Table:
    """Where every CPU's time went, in percent. Each column sums to 100."""
    shown = () if together else result.cpus
    amount = short_count if narrow else count
    made = table("Where the time went, %", "", *(f"cpu{n}" for n in range(len(shown))), "all")
    everywhere = [sum(cpu.accounts[name] for cpu in result.cpus) for name in ACCOUNTS]
    columns = [percents([cpu.accounts[name] for name in ACCOUNTS]) for cpu in shown] + [percents(everywhere)]
    for number, title in enumerate(ACCOUNTS.values()):
        cells = [column[number] for column in columns]
        if any(cell != NONE for cell in cells):
            made.add_row(title, *cells)
    made.add_section()
    made.add_row("sum", *["100.00"] * len(columns))
    made.add_row("instructions", *(amount(cpu.instructions) for cpu in shown), amount(result.instructions))
    return made


def statistics(result: Result) -> Table:
    """The kernel's own counts, those that are not zero."""
    made = table("Counts of the kernel", "", "")
    made.show_header = False
    for name, number in result.statistics.items():
        if number:
            made.add_row(name, count(number))
    return made
